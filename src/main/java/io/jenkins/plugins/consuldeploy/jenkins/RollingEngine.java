package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.bluegreen.Switches;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.Retries;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.rolling.CommandUpdate;
import io.jenkins.plugins.consuldeploy.rolling.NotifyingListener;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.rolling.UpdateDriver;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Rolling releases of a build. */
final class RollingEngine implements ReleaseEngine {

    private final RollingWords.Reading reading;
    private final Releases releases;
    private final NotifyingListener listener;

    RollingEngine(Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log) {
        RollingWords reader = new RollingWords(with);
        this.reading = reader.readNew(RollingWords.record(words));
        this.releases = new Releases(with.consul(), keys, with.caller(), reader)
                .alsoSettling(new Switches(with.consul(), keys, with.caller(), new SwitchWords(with)));
        this.listener = new NotifyingListener(
                new ReleaseLog(log),
                new Notifier(
                        reading.audience().channels(),
                        Retries.DEFAULT,
                        with.consul().time()));
    }

    @Override
    public OpenRelease start() throws LockHeldException, Settler.LeftBehindException, InterruptedException {
        return new Rolling(releases.start(reading.spec(), reading.ifDead(), listener));
    }

    @Override
    public OpenRelease resume(String id, String session) throws LockHeldException, InterruptedException {
        return new Rolling(releases.resume(
                id, Optional.of(session), ReleaseLock.DEAD_HOLDER_LIMIT, Optional.of(reading.spec()), listener));
    }

    @Override
    public List<Undelivered> close() {
        return listener.close();
    }

    // Private

    private final class Rolling implements OpenRelease {

        private final RollingRelease release;

        Rolling(RollingRelease release) {
            this.release = release;
        }

        @Override
        public String id() {
            return release.id();
        }

        @Override
        public String session() {
            return release.session();
        }

        @Override
        public boolean isOver() {
            return release.isOver();
        }

        @Override
        public void checkOurs() {
            release.checkOurs();
        }

        /** One host after the other, for a pipeline's block has one course of its own. */
        @Override
        public Optional<Turn> advance() throws InterruptedException {
            try {
                while (true) {
                    RollingRelease.Step step = release.advance();
                    if (step instanceof RollingRelease.Step.UpdateWanted wanted) {
                        return Optional.of(turn(wanted.turns().get(0)));
                    } else if (step instanceof RollingRelease.Step.FinishWanted) {
                        release.finished(Optional.empty());
                    } else {
                        return Optional.empty();
                    }
                }
            } catch (FleetException e) {
                release.abort("ended: " + e.getMessage());
                return Optional.empty();
            }
        }

        @Override
        public void blockEnded(String host, Optional<String> failure) throws InterruptedException {
            release.updated(host, failure);
        }

        @Override
        public End run(BooleanSupplier goesDown) throws InterruptedException {
            return end(UpdateDriver.run(release, reading.update().orElseThrow(), reading.updateTimeout(), goesDown));
        }

        @Override
        public End abort(String why) throws InterruptedException {
            return end(release.abort(why));
        }

        @Override
        public End end() {
            return end(release.outcome());
        }

        @Override
        public void close() {
            release.close();
        }

        // Private

        private static Turn turn(Update.Turn turn) {
            Map<String, String> environment = HostCommand.environment(turn.host());
            environment.putAll(CommandUpdate.environment(turn));
            environment.put("ROLLBACK", Boolean.toString(turn.back()));
            return new Turn(turn.host().name(), environment);
        }

        private static End end(Outcome outcome) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("id", outcome.id());
            facts.put("state", outcome.state().word());
            facts.put("done", new ArrayList<>(outcome.done()));
            facts.put("failed", new TreeMap<>(outcome.failed()));
            facts.put("out", new ArrayList<>(outcome.out()));
            return new End(outcome.succeeded(), ReleaseText.sentence(outcome), ReleaseText.leftBehind(outcome), facts);
        }
    }
}
