package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentResult;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.ProgressText;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Does what a step asks on behalf of a build: with its credentials, in its name, told in its log. */
final class BuildDeployment {

    private static final Logger LOG = Logger.getLogger(BuildDeployment.class.getName());

    private final Run<?, ?> run;
    private final TaskListener log;
    private final BuildAccess access;

    BuildDeployment(Run<?, ?> run, TaskListener log) {
        this.run = run;
        this.log = log;
        this.access = new BuildAccess(run, log);
    }

    /**
     * Blocks until it is done.
     *
     * @param remembered what an earlier run of the same call left behind
     * @param also       hears of the progress before the log does
     * @return what the Jenkinsfile gets: a map of simple values
     * @throws AbortException       for every failure that can be expected, with a message for people
     * @throws InterruptedException when interrupted; the log says what state was left
     */
    Map<String, Object> carryOut(ConsulStep step, Remembered remembered, Progress.Listener also)
            throws AbortException, InterruptedException {
        return carryOut(() -> step, remembered, also);
    }

    /** The same with environment variables in the fields, as a freestyle job has them. */
    void carryOut(ConsulStep step, EnvVars env) throws AbortException, InterruptedException {
        carryOut(
                () -> step.with((field, text) -> BuildVariables.expanded(field, text, env)),
                new Remembered(),
                progress -> {});
    }

    // Private

    private Map<String, Object> carryOut(Supplier<ConsulStep> given, Remembered remembered, Progress.Listener also)
            throws AbortException, InterruptedException {
        try {
            ConsulStep step = remembered.goesOnWith(given.get());
            Optional<AgentlessDeployment> agentless = step.agentless();
            if (agentless.isPresent()) {
                return carryOut(agentless.get(), step, remembered, also);
            }
            ConsulStep.Request request = step.request();
            ConsulServer server = ConsulServers.get().named(step.getConsul());
            Tree tree = Tree.of(Util.fixNull(step.getPrefix()), Fields.keyRoot(server.getKeyRoot()));
            try (Consul consul = access.connect(server, Fields.given(step.getCredentialsId()))) {
                remembered.compare(
                        step,
                        consul.kv().get(tree.current()).map(KvEntry::value).orElse(""));
                Progress.Listener both = progress -> {
                    also.happened(progress);
                    ProgressText.line(progress).ifPresent(log.getLogger()::println);
                };
                DeploymentResult result =
                        request.carryOut(new Deployer(consul, tree, access.caller()), remembered.session(), both);
                return asMap(result, remembered);
            }
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (BadInputException
                | DeploymentFailedException
                | LockHeldException
                | LockLostException
                | ConsulException e) {
            LOG.log(Level.FINE, run.toString(), e);
            throw new AbortException(e.getMessage());
        }
    }

    private Map<String, Object> carryOut(
            AgentlessDeployment deployment, ConsulStep step, Remembered remembered, Progress.Listener also)
            throws AbortException, InterruptedException {
        ConsulServer server = ConsulServers.get().named(step.getConsul());
        try (Consul consul = access.connect(server, Fields.given(step.getCredentialsId()))) {
            return deployment.carryOut(new AgentlessDeployment.Surroundings(
                    consul, Fields.keyRoot(server.getKeyRoot()), access.caller(), remembered, also, log.getLogger()));
        }
    }

    private static Map<String, Object> asMap(DeploymentResult result, Remembered remembered) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Phase phase : Phase.values()) {
            if (result.took().containsKey(phase)) {
                seconds.put(phase.word(), result.took().get(phase).toMillis() / 1000.0);
            }
        }
        // After a restart it may have been committed before: then what was current is the version itself.
        String version = result.version().name();
        Optional<String> previous = result.previous()
                .map(Version::name)
                .filter(name -> !name.equals(version))
                .or(() -> remembered.current().filter(name -> !name.isEmpty() && !name.equals(version)));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", version);
        map.put("previous", previous.orElse(null));
        map.put("nodes", new ArrayList<>(result.nodes()));
        map.put("seconds", seconds);
        return map;
    }
}
