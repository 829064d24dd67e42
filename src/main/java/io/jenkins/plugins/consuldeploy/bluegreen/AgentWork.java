package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Has the agents of a color's hosts deploy a version, all at once: nobody visits them. Each color has a prefix of its own. */
public final class AgentWork implements ColorWork {

    private static final Duration DEAD_HOLDER_LIMIT = Duration.ofSeconds(35);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final Consul consul;
    private final Map<Color, Tree> trees;
    private final Version version;
    private final Caller caller;

    public AgentWork(Consul consul, Map<Color, Tree> trees, Version version, Caller caller) {
        this.consul = consul;
        this.trees = Map.copyOf(trees);
        this.version = version;
        this.caller = caller;
    }

    @Override
    public Optional<String> run(ColorTurn turn, Duration timeout) throws InterruptedException {
        int nodes = Math.max(1, turn.hosts().size());
        Deployment deployment =
                Deployment.of(version, new Expected.AtLeast(nodes)).withTimeouts(timeout, timeout);
        Tree tree = trees.get(turn.color());
        long start = consul.time().nanoTime();
        while (true) {
            try {
                new Deployer(consul, tree, caller).deploy(deployment, Optional.empty(), progress -> {});
                return Optional.empty();
            } catch (LockHeldException e) { // whoever resumes may come while the dead one's lock has not expired yet
                if (consul.time().since(start).compareTo(DEAD_HOLDER_LIMIT) > 0) {
                    return Optional.of(e.getMessage());
                }
                consul.time().sleep(ASK_AGAIN);
            } catch (DeploymentFailedException | LockLostException e) {
                return Optional.of(e.getMessage());
            }
        }
    }

    @Override
    public String describe() {
        return "let the agents of its prefix (" + trees.get(Color.BLUE).prefix() + " or "
                + trees.get(Color.GREEN).prefix() + ") deploy " + version;
    }
}
