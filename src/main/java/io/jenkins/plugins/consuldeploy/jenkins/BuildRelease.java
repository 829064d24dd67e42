package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A release that is open on behalf of a build: with its credentials, in its name, told in its log. */
final class BuildRelease {

    private static final Logger LOG = Logger.getLogger(BuildRelease.class.getName());
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final BuildAccess build;
    private final ReleaseRequest request;
    private final Consul consul;
    private final Surroundings with;
    private ReleaseEngine engine;
    private OpenRelease release;

    private BuildRelease(BuildAccess build, ReleaseRequest request, Optional<BuildCommands> commands)
            throws AbortException {
        this.build = build;
        this.request = request;
        PrintStream log = build.log().getLogger();
        ConsulServer server = ConsulServers.get().named(request.consul());
        String root = Fields.keyRoot(server.getKeyRoot());
        this.consul = build.connect(server, Fields.given(request.credentialsId()));
        BuildAws aws = new BuildAws(request.aws(), CredentialSource.of(build.run()));
        BuildChannels channels = new BuildChannels(CredentialSource.of(build.run()), consul.time());
        this.with = new Surroundings(
                        consul,
                        root,
                        build.caller(),
                        words -> aws.config(),
                        (who, line) -> log.println(who + " | " + line),
                        channels)
                .withCommandsRunBy(
                        commands.<HostCommand.Runner>map(runner -> runner).orElse((command, about, env, output) -> {
                            throw new FleetException("a command needs a node to run on: " + command.command());
                        }));
        boolean open = false;
        try {
            Map<String, Object> all = request.words();
            aws.words().ifPresent(found -> all.put("aws", found));
            this.engine = request.kind().engine(all, with, new ReleaseKeys(root), log);
            open = true;
        } finally {
            if (!open) {
                closeClients();
            }
        }
    }

    /**
     * Starts one.
     *
     * @param commands where its commands run; empty where the build has no node
     * @param mayBeOwn whether an earlier run of the same build may have died while it started it: then its lock is waited
     *                 for
     */
    static BuildRelease start(
            BuildAccess build, ReleaseRequest request, Optional<BuildCommands> commands, boolean mayBeOwn)
            throws AbortException, InterruptedException {
        return open(build, request, commands, opened -> opened.start(mayBeOwn));
    }

    /** Goes on with one that an earlier run of the same build began, by its lock's session. */
    static BuildRelease resume(
            BuildAccess build, ReleaseRequest request, Optional<BuildCommands> commands, String id, String session)
            throws AbortException, InterruptedException {
        return open(build, request, commands, opened -> opened.engine.resume(id, session));
    }

    OpenRelease release() {
        return release;
    }

    /** Runs it to its end, where no block is wanted. */
    OpenRelease.End run(BooleanSupplier goesDown) throws AbortException, InterruptedException {
        return explained(() -> release.run(goesDown));
    }

    /** Work on a release. */
    interface Act<T> {
        T on() throws LockHeldException, Settler.LeftBehindException, InterruptedException;
    }

    /** @throws AbortException for every failure that can be expected, with a message for people */
    <T> T explained(Act<T> act) throws AbortException, InterruptedException {
        try {
            return act.on();
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (IllegalArgumentException
                | LockHeldException
                | Settler.LeftBehindException
                | JournalException
                | FleetException
                | ConsulException e) {
            LOG.log(Level.FINE, build.run().toString(), e);
            throw new AbortException(e.getMessage() + whatIsLeft());
        }
    }

    /**
     * What the Jenkinsfile gets of a release that is over: a map of simple values.
     *
     * @throws AbortException when it did not succeed
     */
    static Map<String, Object> result(OpenRelease.End end, Duration took) throws AbortException {
        if (!end.succeeded()) {
            throw new AbortException(
                    end.sentence() + "\n" + end.leftBehind() + " When the cause is gone, build again.");
        }
        Map<String, Object> map = new LinkedHashMap<>(end.facts());
        map.put("seconds", took.toMillis() / 1000.0);
        return map;
    }

    /** Gives its lock back, and says whom it could not notify. */
    void close() {
        try {
            if (release != null) {
                release.close();
            }
            engine.close().forEach(undelivered -> build.log().getLogger().println("warning: " + undelivered));
        } finally {
            closeClients();
        }
    }

    /** Leaves it as it stands, with its lock, for this build to go on with when Jenkins is back. */
    void leave() {
        closeClients();
    }

    // Private

    private interface Opening {
        OpenRelease open(BuildRelease opened)
                throws LockHeldException, Settler.LeftBehindException, InterruptedException;
    }

    private static BuildRelease open(
            BuildAccess build, ReleaseRequest request, Optional<BuildCommands> commands, Opening opening)
            throws AbortException, InterruptedException {
        BuildRelease opened;
        try {
            check(request, commands);
            opened = new BuildRelease(build, request, commands);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.FINE, build.run().toString(), e);
            throw new AbortException(e.getMessage());
        }
        try {
            opened.release = opened.explained(() -> opening.open(opened));
            return opened;
        } finally {
            if (opened.release == null) {
                opened.close();
            }
        }
    }

    private static void check(ReleaseRequest request, Optional<BuildCommands> commands) {
        if (request.runsCommands() && commands.isEmpty()) {
            throw new BadInputException(
                    "command", "it runs in a workspace; put the step into node { ... }, or have a block do that");
        }
    }

    private OpenRelease start(boolean mayBeOwn)
            throws LockHeldException, Settler.LeftBehindException, InterruptedException {
        long start = consul.time().nanoTime();
        while (true) {
            try {
                return engine.start();
            } catch (LockHeldException e) {
                boolean isOwn =
                        mayBeOwn && e.holder().build().equals(build.caller().build());
                if (!isOwn || consul.time().since(start).compareTo(ReleaseLock.DEAD_HOLDER_LIMIT) > 0) {
                    throw e;
                }
                consul.time().sleep(ASK_AGAIN);
            }
        }
    }

    private String whatIsLeft() {
        return release == null || release.isOver()
                ? ""
                : "\nThe " + request.kind().noun() + " " + release.id()
                        + " stays on record as it stands. Build again, which puts it in order"
                        + " first, or go on with it from a shell: consul-deploy resume " + release.id();
    }

    private void closeClients() {
        with.close();
        consul.close();
    }
}
