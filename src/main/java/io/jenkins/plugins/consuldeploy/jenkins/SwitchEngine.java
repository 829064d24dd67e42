package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.bluegreen.BlueGreenSwitch;
import io.jenkins.plugins.consuldeploy.bluegreen.ColorTurn;
import io.jenkins.plugins.consuldeploy.bluegreen.NotifyingSwitchListener;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchOptions;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchOutcome;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPhase;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchText;
import io.jenkins.plugins.consuldeploy.bluegreen.Switches;
import io.jenkins.plugins.consuldeploy.bluegreen.WorkDriver;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.Retries;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Switches between two colors of a build, there and back. */
final class SwitchEngine implements ReleaseEngine {

    /** It is no word of a record: whoever goes on with a switch finds its course there. */
    static final String FORCE = "force";

    private final boolean back;
    private final SwitchWords.Reading reading;
    private final SwitchOptions options;
    private final Switches switches;
    private final NotifyingSwitchListener listener;

    SwitchEngine(boolean back, Map<String, Object> words, Surroundings with, ReleaseKeys keys, PrintStream log) {
        this.back = back;
        SwitchWords reader = new SwitchWords(with);
        Map<String, Object> recorded = new LinkedHashMap<>(words);
        boolean force = Boolean.TRUE.equals(recorded.remove(FORCE));
        this.reading = reader.readNew(SwitchWords.record(recorded));
        this.options = new SwitchOptions(reading.liveIs(), force, reading.ifDead());
        this.switches = new Switches(with.consul(), keys, with.caller(), reader)
                .alsoSettling(new Releases(with.consul(), keys, with.caller(), new RollingWords(with)));
        this.listener = new NotifyingSwitchListener(
                new SwitchLog(log),
                new Notifier(
                        reading.audience().channels(),
                        Retries.DEFAULT,
                        with.consul().time()));
    }

    @Override
    public OpenRelease start() throws LockHeldException, Settler.LeftBehindException, InterruptedException {
        return new Switching(
                back
                        ? switches.back(reading.spec(), options, listener)
                        : switches.start(reading.spec(), options, listener));
    }

    @Override
    public OpenRelease resume(String id, String session) throws LockHeldException, InterruptedException {
        return new Switching(switches.resume(
                id, Optional.of(session), ReleaseLock.DEAD_HOLDER_LIMIT, Optional.of(reading.spec()), listener));
    }

    @Override
    public List<Undelivered> close() {
        return listener.close();
    }

    // Private

    private final class Switching implements OpenRelease {

        private static final Set<SwitchPhase> BLOCK = Set.of(SwitchPhase.DEPLOYING);

        private final BlueGreenSwitch release;

        Switching(BlueGreenSwitch release) {
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

        @Override
        public Optional<Turn> advance() throws InterruptedException {
            return WorkDriver.runUntil(release, reading.work(), BLOCK).map(wanted -> turn(wanted.turn()));
        }

        @Override
        public void blockEnded(String color, Optional<String> failure) throws InterruptedException {
            release.worked(SwitchPhase.DEPLOYING, failure);
        }

        @Override
        public End run(BooleanSupplier goesDown) throws InterruptedException {
            return end(WorkDriver.run(release, reading.work(), goesDown));
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

        private static Turn turn(ColorTurn turn) {
            return new Turn(turn.color().word(), turn.environment());
        }

        private static End end(SwitchOutcome outcome) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("id", outcome.id());
            facts.put("state", outcome.state().word());
            facts.put("version", outcome.version().orElse(null));
            facts.put("from", outcome.from().map(Color::word).orElse(null));
            facts.put("to", outcome.to().word());
            facts.put("live", outcome.live().map(Color::word).orElse(null));
            return new End(outcome.succeeded(), SwitchText.sentence(outcome), SwitchText.live(outcome), facts);
        }
    }
}
