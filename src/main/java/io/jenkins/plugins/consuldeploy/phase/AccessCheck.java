package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Session;
import io.jenkins.plugins.consuldeploy.consul.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what a token may not do that a deployer has to do, without leaving a trace in the key-value tree: the write
 * that it tries is part of a transaction that can't hold.
 */
public final class AccessCheck {

    /** A service that every Consul has. */
    private static final String A_SERVICE = "consul";

    private static final long NO_INDEX = Long.MAX_VALUE;

    private final Consul consul;
    private final String key;
    private final List<Finding> findings = new ArrayList<>();

    private AccessCheck(Consul consul, String key) {
        this.consul = consul;
        this.key = key;
    }

    /**
     * One thing that was tried.
     *
     * @param allowed whether it worked
     * @param text    what was tried; where it is not allowed, the permission that is missing too
     */
    public record Finding(boolean allowed, String text) {}

    /**
     * Tries everything that a deployer needs besides the keys of its applications.
     *
     * @param root below which our own keys stand
     * @throws BadInputException when the root can't be one
     * @throws ConsulException   when Consul can't be asked at all
     */
    public static List<Finding> run(Consul consul, String root) {
        Tree tree = Tree.of("access-check".equals(root) ? "check-access" : "access-check", root);
        return new AccessCheck(consul, tree.lock()).all();
    }

    // Private

    private List<Finding> all() {
        attempt("read the keys of locks, pins and reports", this::read);
        attempt("write them", this::writeNothing);
        attempt("create a session for a lock", this::createSession);
        attempt("see the instances of services", this::seeService);
        return List.copyOf(findings);
    }

    /** Something to try; it says what is missing when the answer shows it, rather than an exception. */
    private interface Attempt {
        Optional<String> make();
    }

    private void attempt(String what, Attempt attempt) {
        Optional<String> missing;
        try {
            missing = attempt.make();
        } catch (ConsulException.Forbidden e) {
            missing = Optional.of(e.getMessage());
        }
        findings.add(new Finding(
                missing.isEmpty(),
                missing.map(why -> "may not " + what + ": " + why).orElse("may " + what)));
    }

    private Optional<String> read() {
        consul.kv().get(key);
        return Optional.empty();
    }

    private Optional<String> writeNothing() {
        consul.kv().commit(Txn.to("write the key " + key).set(key, "").checkIndex(key, NO_INDEX));
        return Optional.empty();
    }

    private Optional<String> createSession() {
        consul.sessions()
                .create("access check", Session.SHORTEST_TTL, Session.Behavior.RELEASE, Duration.ZERO)
                .close();
        return Optional.empty();
    }

    /** Consul forbids nobody to ask for a service: it leaves out what the token may not see. */
    private Optional<String> seeService() {
        boolean seen = !consul.services()
                .instances(A_SERVICE, Optional.empty(), false, BlockingQuery.NOW)
                .value()
                .isEmpty();
        return seen
                ? Optional.empty()
                : Optional.of(
                        "Consul shows it no instance of '" + A_SERVICE + "', which every Consul has. To deploy to the"
                                + " nodes of a service, the token needs service:read on it and node:read on its nodes");
    }
}
