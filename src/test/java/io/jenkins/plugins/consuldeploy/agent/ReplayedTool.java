package io.jenkins.plugins.consuldeploy.agent;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Depro's tool as it was recorded: its requests, word by word but for the index of a blocking query, in the rhythm that
 * its own code gives them. After each answer it asks again until it is content, then it sets {@code current}.
 */
final class ReplayedTool {

    /** Its words for "go on": whatever else a node says, an empty value too, it waits for. */
    private static final List<String> SETTLED = List.of("ready", "available", "active", "failed");

    private static final int MAX_ASKS = 200;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;
    private final List<JsonObject> requests = new ArrayList<>();

    /** @param recording a directory of the recordings */
    ReplayedTool(String address, String recording) throws IOException {
        this.address = address;
        try (InputStream in = ReplayedTool.class.getResourceAsStream("/depro/" + recording + "/tool.jsonl");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                requests.add(JsonParser.parseString(line).getAsJsonObject());
            }
        }
    }

    /**
     * Deploys one of the recorded versions.
     *
     * @return whether it set {@code current}; else a node had failed
     */
    boolean deploy(String version, int nodes) throws IOException, InterruptedException {
        List<JsonObject> own = new ArrayList<>();
        for (JsonObject request : requests) {
            String path = request.get("path").getAsString();
            if (path.contains("/version/" + version + "/")
                    || path.contains("/version/" + version + "?")
                    || body(request).equals(version)) {
                own.add(request);
            }
        }
        send(own.get(0), "0");
        if (!await(own.subList(1, own.size() - 1), nodes)) {
            return false;
        }
        send(own.get(own.size() - 1), "0");
        return true;
    }

    /**
     * Content with an answer in which nothing has changed to a word that it waits for, and that has enough nodes (fact 3 of
     * what is known of it: it does not look at the nodes that have not changed).
     */
    private boolean await(List<JsonObject> asks, int nodes) throws IOException, InterruptedException {
        Map<String, String> known = new HashMap<>();
        String index = "0";
        for (int i = 0; i < MAX_ASKS; i++) {
            HttpResponse<String> answer = send(asks.get(Math.min(i, asks.size() - 1)), index);
            index = answer.headers().firstValue("X-Consul-Index").orElseThrow();
            Map<String, String> states = states(answer.body());
            boolean settled = states.entrySet().stream()
                    .filter(node -> !node.getValue().equals(known.get(node.getKey())))
                    .allMatch(node -> SETTLED.contains(node.getValue()));
            if (settled && states.size() >= nodes) {
                return !states.containsValue("failed");
            }
            known.clear();
            known.putAll(states);
        }
        throw new IOException("the recorded tool was not content after " + MAX_ASKS + " answers: " + known);
    }

    private static Map<String, String> states(String body) {
        Map<String, String> states = new HashMap<>();
        for (JsonElement element : JsonParser.parseString(body).getAsJsonArray()) {
            JsonObject entry = element.getAsJsonObject();
            String key = entry.get("Key").getAsString();
            if (!key.endsWith("/")) {
                JsonElement value = entry.get("Value");
                states.put(
                        key.substring(key.lastIndexOf('/') + 1),
                        value.isJsonNull()
                                ? ""
                                : new String(Base64.getDecoder().decode(value.getAsString()), StandardCharsets.UTF_8));
            }
        }
        return states;
    }

    private static String body(JsonObject recorded) {
        return recorded.has("body") ? recorded.get("body").getAsString() : "";
    }

    private HttpResponse<String> send(JsonObject recorded, String index) throws IOException, InterruptedException {
        String path = recorded.get("path").getAsString().replaceFirst("index=\\d+", "index=" + index);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                .method(recorded.get("method").getAsString(), HttpRequest.BodyPublishers.ofString(body(recorded)));
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != recorded.get("status").getAsInt()) {
            throw new IOException(path + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }
}
