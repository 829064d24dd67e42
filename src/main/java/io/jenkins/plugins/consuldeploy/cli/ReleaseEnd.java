package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.bluegreen.Stage;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchOutcome;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchText;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.util.List;
import java.util.Optional;

/** How a release of either kind stands, or ended, as the shell says it. */
sealed interface ReleaseEnd {

    String id();

    String app();

    ReleaseHead.State state();

    Optional<String> reason();

    /** {@code release} or {@code switch}. */
    String noun();

    /** The whole of it in a sentence. */
    String sentence();

    /** What it has done, briefly. */
    String done();

    /** How it leaves things, for whoever has to mend them. */
    String leaves();

    /** How it left things when it ended, some time ago. */
    String wasLeft();

    /** Adds what only this kind has. */
    void addTo(JsonObject json);

    record Rolling(Outcome outcome) implements ReleaseEnd {

        @Override
        public String id() {
            return outcome.id();
        }

        @Override
        public String app() {
            return outcome.app();
        }

        @Override
        public ReleaseHead.State state() {
            return outcome.state();
        }

        @Override
        public Optional<String> reason() {
            return outcome.reason();
        }

        @Override
        public String noun() {
            return "release";
        }

        @Override
        public String sentence() {
            return ReleaseText.sentence(outcome);
        }

        @Override
        public String done() {
            List<String> hosts = outcome.done();
            return hosts.size() + (hosts.size() == 1 ? " host" : " hosts") + " done"
                    + (outcome.out().isEmpty() ? "" : ", out of service: " + String.join(", ", outcome.out()));
        }

        @Override
        public String leaves() {
            String through = outcome.state() == ReleaseHead.State.ROLLED_BACK ? "Back" : "Done";
            return ReleaseText.leftBehind(outcome)
                    + (outcome.done().isEmpty() ? "" : " " + through + ": " + Names.of(outcome.done()) + ".");
        }

        @Override
        public String wasLeft() {
            return "Done were then: " + orNone(outcome.done()) + "; out of service: " + orNone(outcome.out()) + ".";
        }

        private static String orNone(List<String> names) {
            return names.isEmpty() ? "none" : Names.of(names);
        }

        @Override
        public void addTo(JsonObject json) {
            json.add("done", TreeJson.array(outcome.done()));
            JsonObject failed = new JsonObject();
            outcome.failed().forEach(failed::addProperty);
            json.add("failed", failed);
            json.add("out", TreeJson.array(outcome.out()));
        }
    }

    record Switched(SwitchOutcome outcome) implements ReleaseEnd {

        @Override
        public String id() {
            return outcome.id();
        }

        @Override
        public String app() {
            return outcome.app();
        }

        @Override
        public ReleaseHead.State state() {
            return outcome.state();
        }

        @Override
        public Optional<String> reason() {
            return outcome.reason();
        }

        @Override
        public String noun() {
            return "switch";
        }

        @Override
        public String sentence() {
            return SwitchText.sentence(outcome);
        }

        @Override
        public String done() {
            return outcome.live().map(color -> "live is " + color).orElse("no color is live");
        }

        @Override
        public String leaves() {
            return SwitchText.live(outcome);
        }

        @Override
        public String wasLeft() {
            return outcome.live().map(color -> "Live was " + color + " then.").orElse("No color was live then.");
        }

        @Override
        public void addTo(JsonObject json) {
            outcome.version().ifPresent(version -> json.addProperty("version", version));
            outcome.from().map(Color::word).ifPresent(color -> json.addProperty("from", color));
            json.addProperty("to", outcome.to().word());
            outcome.live().map(Color::word).ifPresent(color -> json.addProperty("live", color));
            outcome.stage().map(Stage::word).ifPresent(stage -> json.addProperty("stage", stage));
            json.addProperty("back", outcome.back());
        }
    }
}
