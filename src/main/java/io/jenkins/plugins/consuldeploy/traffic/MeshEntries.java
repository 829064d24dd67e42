package io.jenkins.plugins.consuldeploy.traffic;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries.Chain;
import io.jenkins.plugins.consuldeploy.consul.ConfigEntries.Entry;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The config entries of one service, changed without losing what others have written there. */
final class MeshEntries {

    private static final int MAX_TRIES = 5;

    private final ConfigEntries entries;
    private final String service;

    MeshEntries(ConfigEntries entries, String service) {
        this.entries = entries;
        this.service = service;
    }

    Chain chain() {
        return entries.chain(service);
    }

    Optional<Entry> get(String kind) {
        return entries.get(kind, service);
    }

    void delete(String kind) {
        entries.delete(kind, service);
    }

    /** What is to be another in an entry. */
    interface Change {
        void to(JsonObject fields);
    }

    /** Reads, changes and writes until nobody else did in between. What is so already is not written. */
    Entry change(String kind, Change change) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Optional<Entry> read = entries.get(kind, service);
            JsonObject fields = read.map(Entry::fields).orElseGet(() -> {
                JsonObject anew = new JsonObject();
                anew.addProperty("Kind", kind);
                anew.addProperty("Name", service);
                return anew;
            });
            change.to(fields);
            if (read.isPresent() && read.get().fields().equals(fields)) {
                return read.get();
            }
            if (entries.putIfUnchanged(fields, read.map(Entry::modifyIndex).orElse(0L))) {
                return new Entry(fields, 0);
            }
        }
        throw new FleetException("could not write the " + kind + " of " + service
                + ": somebody else changed it each of " + MAX_TRIES + " times in between. Find out who does");
    }

    /** What else a color's split has, such as headers to set, it keeps. */
    static JsonArray splits(JsonElement before, Shares to) {
        Map<String, JsonObject> known = new HashMap<>();
        if (before instanceof JsonArray splits) {
            for (JsonElement split : splits) {
                JsonObject fields = split.getAsJsonObject();
                if (fields.get("ServiceSubset") instanceof JsonPrimitive subset) {
                    known.put(subset.getAsString(), fields);
                }
            }
        }
        JsonArray splits = new JsonArray();
        for (Color color : Color.values()) {
            JsonObject split = known.getOrDefault(color.word(), new JsonObject());
            split.addProperty("Weight", to.of(color));
            split.addProperty("ServiceSubset", color.word());
            splits.add(split);
        }
        return splits;
    }
}
