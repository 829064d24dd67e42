package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What one kind of registry sends. */
interface Format {

    /** The registry's kind, for people. */
    String sender();

    /** Whether a body has the shape that only this kind sends. */
    boolean recognizes(JsonObject body);

    /** The tags that were pushed, of a body that it recognizes. */
    List<Push> pushes(JsonObject body) throws BadNotificationException;

    // What the formats share

    /** The text below these names; empty when there is none. */
    static String text(JsonObject from, String... names) {
        JsonElement at = from;
        for (String name : names) {
            at = at instanceof JsonObject object ? object.get(name) : null;
        }
        return at != null && at.isJsonPrimitive() ? at.getAsString() : "";
    }

    /** The object of a name; an empty one when there is none. */
    static JsonObject object(JsonObject from, String name) {
        return from.get(name) instanceof JsonObject object ? object : new JsonObject();
    }

    /** The objects in the list of a name. */
    static List<JsonObject> objects(JsonObject from, String name) {
        List<JsonObject> objects = new ArrayList<>();
        if (from.get(name) instanceof JsonArray list) {
            for (JsonElement element : list) {
                if (element instanceof JsonObject object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }
}
