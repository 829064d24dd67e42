package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.UpdateDriver;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A rolling release without load balancers, run by a build node by node. A build that was cut off goes on with the same
 * release, from its record.
 */
final class RollOfBuild implements RollingListener {

    private final AgentlessDeployment.Surroundings with;

    RollOfBuild(AgentlessDeployment.Surroundings with) {
        this.with = with;
    }

    /**
     * Runs it to its end.
     *
     * @param words what it is, asked for only when it has not begun yet
     * @throws AbortException when it does not succeed
     */
    Outcome run(Supplier<Map<String, Object>> words) throws AbortException, InterruptedException {
        try (Surroundings around = new Surroundings(
                with.consul(),
                with.root(),
                with.caller(),
                AwsWords::overEnvironment,
                (host, line) -> with.note(host + " | " + line))) {
            RollingWords reader = new RollingWords(around);
            Releases releases = new Releases(with.consul(), new ReleaseKeys(with.root()), with.caller(), reader);
            Optional<String> begun = with.remembered().release();
            RollingWords.Reading reading = begun.isPresent()
                    ? reader.readRecord(releases.find(begun.get()).spec())
                    : reader.readNew(RollingWords.record(words.get()));
            Outcome outcome = run(open(releases, begun, reading), reading);
            if (!outcome.succeeded()) {
                throw new AbortException(ReleaseText.sentence(outcome) + "\nDone: "
                        + (outcome.done().isEmpty() ? "none" : String.join(", ", outcome.done()))
                        + ". When the cause is gone, build again; every node has its turn again then");
            }
            return outcome;
        } catch (LockHeldException | Releases.LeftBehindException | JournalException | FleetException e) {
            throw new AbortException(e.getMessage());
        }
    }

    @Override
    public void began(String release, List<Host> hosts, int batches) {
        with.note(ReleaseText.heading(release, hosts, batches));
    }

    @Override
    public void stands(Host host, HostPhase phase) {
        with.note(host + ": " + phase.word());
    }

    @Override
    public void went(Host host, HostPhase from, HostPhase to, Duration tookInFrom, Optional<String> detail) {
        with.note(ReleaseText.transition(host, from, to, tookInFrom, detail));
    }

    @Override
    public void note(String text) {
        with.note(text);
    }

    // Private

    private RollingRelease open(Releases releases, Optional<String> begun, RollingWords.Reading reading)
            throws LockHeldException, Releases.LeftBehindException, InterruptedException {
        RollingRelease release = begun.isPresent()
                ? releases.resume(begun.get(), with.remembered().session(), ReleaseLock.DEAD_HOLDER_LIMIT, this)
                : releases.start(reading.spec(), Releases.IfDead.REPAIR, this);
        with.remembered().began(release.id(), release.session());
        with.note("its record is " + release.id() + ": consul-deploy resume " + release.id() + " goes on with it too");
        return release;
    }

    /** When Jenkins goes down, the lock stays with its session, by which this build takes it over when Jenkins is back. */
    private static Outcome run(RollingRelease release, RollingWords.Reading reading) throws InterruptedException {
        boolean goesOn = false;
        try {
            return UpdateDriver.run(
                    release, reading.update().orElseThrow(), reading.updateTimeout(), () -> DeployThreads.get()
                            .areEnding());
        } catch (InterruptedException e) {
            goesOn = DeployThreads.get().areEnding();
            throw e;
        } finally {
            if (!goesOn) {
                release.close();
            }
        }
    }
}
