package io.jenkins.plugins.consuldeploy.journal;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of a release's record: what a list of releases shows, and what it takes to go on with one.
 *
 * @param kind     which engine goes on with it: {@link #ROLLING} or {@link #SWITCH}
 * @param version  what is released, where the caller named it
 * @param reason   why it ended as it did
 * @param done     how many of {@code total} hosts, or steps of a switch, are through
 * @param spec     what was asked for, as JSON: enough to go on from any shell
 * @param progress what only its engine reads, as JSON
 */
public record ReleaseHead(
        String id,
        String app,
        String kind,
        State state,
        String who,
        String build,
        Instant started,
        Optional<Instant> ended,
        Optional<String> version,
        Optional<String> reason,
        int done,
        int total,
        String spec,
        String progress) {

    /** The kind of a rolling release, counted in hosts. */
    public static final String ROLLING = "rolling";
    /** The kind of a switch between two colors, counted in steps. */
    public static final String SWITCH = "switch";

    /** Where a release is. */
    public enum State {
        RUNNING,
        ROLLING_BACK,
        SUCCEEDED,
        FAILED,
        ROLLED_BACK,
        ABORTED;

        /** Whether nobody has to do anything about it any more. */
        public boolean isOver() {
            return this != RUNNING && this != ROLLING_BACK;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What people call it: {@code release} or {@code switch}. */
    public String noun() {
        return kind.equals(SWITCH) ? "switch" : "release";
    }

    /** {@code 2 of 3 hosts}. */
    public String doneWords() {
        return done + " of " + total + (kind.equals(SWITCH) ? " steps" : " hosts");
    }

    public ReleaseHead with(State newState, Optional<String> why) {
        return new ReleaseHead(
                id, app, kind, newState, who, build, started, ended, version, why, done, total, spec, progress);
    }

    public ReleaseHead withProgress(int newDone, String newProgress) {
        return new ReleaseHead(
                id, app, kind, state, who, build, started, ended, version, reason, newDone, total, spec, newProgress);
    }

    /** The same with other words: what was asked for was wrong, or is done in another way from now on. */
    public ReleaseHead withSpec(String newSpec) {
        return new ReleaseHead(
                id, app, kind, state, who, build, started, ended, version, reason, done, total, newSpec, progress);
    }

    public ReleaseHead ended(State end, Instant at, Optional<String> why) {
        return new ReleaseHead(
                id, app, kind, end, who, build, started, Optional.of(at), version, why, done, total, spec, progress);
    }

    /** What is told of it: an event of this kind at this time. */
    public ReleaseEvent event(ReleaseEvent.Kind what, Instant at, Optional<String> host, Optional<String> detail) {
        return new ReleaseEvent(
                what, app, id, version, who + " (" + build + ")", at, Duration.between(started, at), host, detail);
    }

    /** How an end is told. */
    public static ReleaseEvent.Kind told(State end) {
        return switch (end) {
            case SUCCEEDED -> ReleaseEvent.Kind.SUCCEEDED;
            case ROLLED_BACK -> ReleaseEvent.Kind.ROLLED_BACK;
            case ABORTED -> ReleaseEvent.Kind.ABORTED;
            default -> ReleaseEvent.Kind.FAILED;
        };
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("app", app);
        json.addProperty("kind", kind);
        json.addProperty("state", state.name());
        json.addProperty("who", who);
        json.addProperty("build", build);
        json.addProperty("started", started.toString());
        ended.ifPresent(at -> json.addProperty("ended", at.toString()));
        version.ifPresent(name -> json.addProperty("version", name));
        reason.ifPresent(why -> json.addProperty("reason", why));
        json.addProperty("done", done);
        json.addProperty("total", total);
        json.add("spec", JsonParser.parseString(spec));
        json.add("progress", JsonParser.parseString(progress));
        return json.toString();
    }

    /** @throws RuntimeException of some kind when the text is no head */
    static ReleaseHead fromJson(String text) {
        JsonObject json = JsonParser.parseString(text).getAsJsonObject();
        return new ReleaseHead(
                json.get("id").getAsString(),
                json.get("app").getAsString(),
                json.get("kind").getAsString(),
                State.valueOf(json.get("state").getAsString()),
                json.get("who").getAsString(),
                json.get("build").getAsString(),
                Instant.parse(json.get("started").getAsString()),
                text(json, "ended").map(Instant::parse),
                text(json, "version"),
                text(json, "reason"),
                json.get("done").getAsInt(),
                json.get("total").getAsInt(),
                json.get("spec").toString(),
                json.get("progress").toString());
    }

    private static Optional<String> text(JsonObject json, String name) {
        return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
    }
}
