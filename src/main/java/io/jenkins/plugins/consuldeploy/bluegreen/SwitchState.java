package io.jenkins.plugins.consuldeploy.bluegreen;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a switch is: what its record's head has for its engine.
 *
 * @param back     whether it is a way back
 * @param from     where traffic went when it began; empty before the first release ever
 * @param to       where it is to go
 * @param live     where all of it goes, as long as it does not move
 * @param course   every stage that it goes through
 * @param at       how many of them are through
 * @param attempt  at the stage that is not
 * @param since    when that began
 * @param returns  where all traffic is being moved instead of going on, and how it ends then
 * @param versions what each color runs
 */
record SwitchState(
        boolean back,
        Optional<Color> from,
        Color to,
        Optional<Color> live,
        List<Stage> course,
        int at,
        int attempt,
        Instant since,
        Optional<Return> returns,
        Map<Color, ColorVersion> versions) {

    /** A way out that is being taken. */
    record Return(Color to, ReleaseHead.State end) {}

    SwitchState {
        course = List.copyOf(course);
        versions = Map.copyOf(versions);
    }

    static SwitchState begin(
            boolean back,
            Optional<Color> from,
            Color to,
            List<Stage> course,
            Instant now,
            Map<Color, ColorVersion> versions) {
        return new SwitchState(back, from, to, from, course, 0, 1, now, Optional.empty(), versions);
    }

    /** The stage that is not through; empty at the end. */
    Optional<Stage> stage() {
        return at < course.size() ? Optional.of(course.get(at)) : Optional.empty();
    }

    /** Whether a move may have begun. */
    boolean hasMoved() {
        return course.subList(0, Math.min(course.size(), at + 1)).stream()
                .anyMatch(stage -> stage.phase() == SwitchPhase.MOVING);
    }

    /** Whether the new color is live for good. */
    boolean isSettled() {
        return stage().map(stage -> stage.phase().isSettled()).orElse(true);
    }

    ColorVersion version(Color color) {
        return versions.getOrDefault(color, ColorVersion.UNKNOWN);
    }

    /** The next stage begins. */
    SwitchState next(Instant now) {
        SwitchState next = new SwitchState(back, from, to, live, course, at + 1, 1, now, returns, versions);
        return next.isSettled() ? next.with(Optional.of(to)) : next;
    }

    /** The same stage begins anew, for it may have been cut off. */
    SwitchState again(Instant now) {
        return new SwitchState(back, from, to, live, course, at, attempt + 1, now, returns, versions);
    }

    SwitchState with(Optional<Color> nowLive) {
        return new SwitchState(back, from, to, nowLive, course, at, attempt, since, returns, versions);
    }

    SwitchState with(Color color, ColorVersion version) {
        Map<Color, ColorVersion> changed = new EnumMap<>(Color.class);
        changed.putAll(versions);
        changed.put(color, version);
        return new SwitchState(back, from, to, live, course, at, attempt, since, returns, changed);
    }

    SwitchState returning(Return where) {
        return new SwitchState(back, from, to, live, course, at, attempt, since, Optional.of(where), versions);
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("back", back);
        from.ifPresent(color -> json.addProperty("from", color.word()));
        json.addProperty("to", to.word());
        live.ifPresent(color -> json.addProperty("live", color.word()));
        JsonArray stages = new JsonArray();
        course.forEach(stage -> stages.add(stage.word()));
        json.add("course", stages);
        json.addProperty("at", at);
        json.addProperty("attempt", attempt);
        json.addProperty("since", since.toString());
        returns.ifPresent(where -> {
            json.addProperty("returnsTo", where.to().word());
            json.addProperty("endsAs", where.end().name());
        });
        JsonObject colors = new JsonObject();
        versions.forEach((color, running) -> {
            JsonObject one = new JsonObject();
            running.version().ifPresent(name -> one.addProperty("version", name));
            one.addProperty("state", running.state().name().toLowerCase(Locale.ROOT));
            colors.add(color.word(), one);
        });
        json.add("versions", colors);
        return json.toString();
    }

    static SwitchState parse(String text) {
        JsonObject json = JsonParser.parseString(text).getAsJsonObject();
        List<Stage> course = new ArrayList<>();
        json.getAsJsonArray("course").forEach(stage -> course.add(Stage.parse(stage.getAsString())));
        Map<Color, ColorVersion> versions = new EnumMap<>(Color.class);
        json.getAsJsonObject("versions").entrySet().forEach(entry -> {
            JsonObject one = entry.getValue().getAsJsonObject();
            versions.put(
                    color(entry.getKey()),
                    new ColorVersion(
                            text(one, "version"),
                            ColorVersion.State.valueOf(
                                    one.get("state").getAsString().toUpperCase(Locale.ROOT))));
        });
        return new SwitchState(
                json.get("back").getAsBoolean(),
                text(json, "from").map(SwitchState::color),
                color(json.get("to").getAsString()),
                text(json, "live").map(SwitchState::color),
                course,
                json.get("at").getAsInt(),
                json.get("attempt").getAsInt(),
                Instant.parse(json.get("since").getAsString()),
                text(json, "returnsTo")
                        .map(word -> new Return(
                                color(word),
                                ReleaseHead.State.valueOf(json.get("endsAs").getAsString()))),
                versions);
    }

    private static Color color(String word) {
        return Color.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static Optional<String> text(JsonObject json, String name) {
        return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
    }
}
