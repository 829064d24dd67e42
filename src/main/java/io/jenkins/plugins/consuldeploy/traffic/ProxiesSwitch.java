package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Any proxies that have an agent, through the phase protocol with a color for a version: each renders and tests its
 * configuration ({@code nginx -t}), then all load it together, and each is seen to have loaded it.
 *
 * <p>The versions are called {@code blue} and {@code green}. A color is prepared anew for every release: what the agents
 * have of it is removed and made again, for its hosts may have changed. The one that is live is left alone.
 *
 * <p>A proxy that does not load the configuration, or is not seen to within the time, has all go back to the color
 * before. One that is gone is missed where a number of proxies is expected; where the instances of a service are, it is
 * not waited for once its checks fail.
 *
 * <p>Consul's failures come as {@link io.jenkins.plugins.consuldeploy.consul.ConsulException}, all others as
 * {@link FleetException}. The prefix's lock is taken for each change; one that an earlier run of the same caller has left
 * behind is taken over.
 */
public final class ProxiesSwitch implements TrafficSwitch {

    /** How long a proxy may go on with requests of the color before, where nothing else is said. */
    public static final Duration LONGEST_REQUEST = Duration.ofSeconds(60);

    private final Consul consul;
    private final Tree tree;
    private final Caller caller;
    private final Expected expected;
    private final Duration longestRequest;
    private final Progress.Listener listener;

    /**
     * @param caller         unique for this release, and the same when it is resumed
     * @param expected       which proxies there have to be
     * @param longestRequest after which the proxies' old workers have ended, as nginx's {@code worker_shutdown_timeout}
     * @param listener       hears of every proxy's state
     */
    public ProxiesSwitch(
            Consul consul,
            Tree tree,
            Caller caller,
            Expected expected,
            Duration longestRequest,
            Progress.Listener listener) {
        this.consul = consul;
        this.tree = tree;
        this.caller = caller;
        this.expected = expected;
        this.longestRequest = longestRequest;
        this.listener = listener;
    }

    @Override
    public String name() {
        return "proxies:" + tree.prefix();
    }

    /**
     * {@inheritDoc} The parts are {@code current} and each proxy whose agent lives: a proxy sends traffic to the color that
     * it says is active. One that says so of neither may do anything, and counts as no color.
     *
     * @throws FleetException when what runs or is to run is no color
     */
    @Override
    public Going read() {
        TreeView view = TreeView.read(consul, tree);
        Map<String, Shares> parts = new TreeMap<>();
        parts.put(tree.current(), view.current().map(this::shares).orElse(Shares.NONE));
        for (TreeView.Registered registered : view.versions()) {
            registered.nodes().forEach((node, state) -> {
                if (state == NodeState.ACTIVE) {
                    parts.put(node, shares(registered.version()));
                } else {
                    parts.putIfAbsent(node, Shares.NONE);
                }
            });
        }
        return new Going(parts);
    }

    @Override
    public Optional<String> whyNoWeights() {
        return Optional.of("a proxy of " + tree.prefix() + " runs one configuration, and that is of one color");
    }

    @Override
    public Optional<String> prepare(Color color, Duration timeout) throws InterruptedException {
        try {
            inTurn("prepare " + color, deployer -> {
                deployer.prepareAnew(version(color), expected, timeout, Optional.empty(), listener);
            });
            return Optional.empty();
        } catch (NotDone e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * {@inheritDoc} It may take the time twice, for going back. A color that is {@code current} already is waited for, and
     * stays so whatever comes of it.
     */
    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        Color color = to.live()
                .orElseThrow(() -> new FleetException("could not move traffic (" + to + ") at the proxies of "
                        + tree.prefix() + ": " + whyNoWeights().orElseThrow()));
        Deployment deployment = Deployment.of(version(color), expected)
                .withTimeouts(timeout, timeout)
                .withOnFailure(isCurrent(color) ? OnFailure.STOP : OnFailure.ROLLBACK);
        try {
            inTurn("move " + to, deployer -> deployer.deploy(deployment, Optional.empty(), listener));
        } catch (NotDone e) {
            throw new FleetException("could not move traffic (" + to + "): " + e.getMessage(), e);
        }
    }

    /** {@inheritDoc} No proxy is waited for before the others are told. */
    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        Rollback rollback = new Rollback(Optional.of(version(to)), Optional.of(expected), timeout);
        try {
            inTurn("move back to " + to, deployer -> deployer.rollback(rollback, Optional.empty(), listener));
        } catch (NotDone | BadInputException e) {
            throw new FleetException("the proxies of " + tree.prefix() + ": " + e.getMessage(), e);
        }
    }

    /** {@inheritDoc} A proxy does not tell what its old workers have left, so this takes the longest time that they may live. */
    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        if (isCurrent(color)) {
            return Optional.of(color + " still gets all of the traffic: it is current at " + tree.prefix());
        }
        return Lingering.wait(
                "the proxies of " + tree.prefix() + " that came from " + color, longestRequest, timeout, consul.time());
    }

    @Override
    public List<String> describe(Shares to) {
        String color = to.live().map(Color::word).orElse("no one color: " + to);
        return List.of(
                "let the agents of " + expected + " below " + tree.prefix() + " prepare " + color
                        + " anew, and test it",
                "make " + color + " current there, and wait until every proxy has loaded it; else go back",
                "wait " + Durations.show(longestRequest) + " until the proxies' old workers have ended");
    }

    // Private

    private interface Work {
        void by(Deployer deployer)
                throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
    }

    /** Nodes failed or did not answer; nothing that was live has changed, or all went back. */
    private static final class NotDone extends Exception {
        private static final long serialVersionUID = 1L;

        NotDone(DeploymentFailedException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private void inTurn(String what, Work work) throws NotDone, InterruptedException {
        Deployer deployer = new Deployer(consul, tree, caller);
        try {
            try {
                work.by(deployer);
            } catch (LockHeldException e) {
                if (!isOurs(e)) {
                    throw e;
                }
                deployer.unlock();
                work.by(deployer);
            }
        } catch (DeploymentFailedException e) {
            throw new NotDone(e);
        } catch (LockHeldException | LockLostException e) {
            throw new FleetException(
                    "could not " + what + " at the proxies of " + tree.prefix() + ": " + e.getMessage(), e);
        }
    }

    private boolean isCurrent(Color color) {
        return consul.kv()
                .get(tree.current())
                .flatMap(entry -> Version.read(entry.value()))
                .equals(Optional.of(version(color)));
    }

    /** Whether an earlier run of the same release died with it. */
    private boolean isOurs(LockHeldException e) {
        return e.holder().who().equals(caller.who()) && e.holder().build().equals(caller.build());
    }

    private Shares shares(Version version) {
        for (Color color : Color.values()) {
            if (version.equals(version(color))) {
                return Shares.all(color);
            }
        }
        throw new FleetException("the proxies of " + tree.prefix() + " run or are to run '" + version
                + "', which is no color. Give a switch a prefix of its own, where nothing else is deployed");
    }

    private static Version version(Color color) {
        return new Version(color.word());
    }
}
