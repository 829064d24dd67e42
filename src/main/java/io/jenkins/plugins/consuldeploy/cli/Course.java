package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** How far a deployment came, for one that ends with a failure and so has no result. */
final class Course implements Progress.Listener {

    private final Map<Phase, Duration> took = new EnumMap<>(Phase.class);
    private Optional<Version> version = Optional.empty();
    private Optional<String> stateLeft = Optional.empty();

    @Override
    public void happened(Progress progress) {
        if (progress instanceof Progress.PhaseStarted started && version.isEmpty()) {
            version = Optional.of(started.version());
        } else if (progress instanceof Progress.PhaseDone done) {
            took.put(done.phase(), done.took());
        } else if (progress instanceof Progress.Note note && note.text().startsWith("Stopped")) {
            stateLeft = Optional.of(note.text());
        }
    }

    /** What an interrupted deployment says last. */
    Optional<String> stateLeft() {
        return stateLeft;
    }

    /** Adds the version and the phases that were done. */
    void addTo(JsonObject json) {
        version.ifPresent(one -> json.addProperty("version", one.name()));
        if (!took.isEmpty()) {
            json.add("seconds", Answers.seconds(took));
        }
    }
}
