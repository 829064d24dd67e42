package io.jenkins.plugins.consuldeploy.phase;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * One of Depro's agents as it was recorded: it sends the requests of the recording, word by word but for the session's id,
 * each as soon as it can have had the news that came before it then. What it said to Consul, our deployer hears.
 */
final class ReplayedNode implements AutoCloseable {

    private static final String PREFIX = "api/version/";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final ConsulProcess process;
    private final Consul consul;
    private final List<Step> steps;
    private final CountDownLatch told = new CountDownLatch(1);
    private final Thread thread;
    private String recordedSession = "";
    private String session = "";

    /** Something that was recorded, by when it counts: a request when it was sent, news when they came. */
    private record Step(double at, JsonObject recorded) {

        boolean isNews() {
            return recorded.get("method").getAsString().equals("GET");
        }

        String path() {
            return recorded.get("path").getAsString();
        }

        String text(String field) {
            return recorded.has(field) ? recorded.get(field).getAsString() : "";
        }
    }

    private ReplayedNode(ConsulProcess process, String recording, String node) {
        this.process = process;
        this.consul = process.client();
        this.steps = read("/depro/" + recording + "/agent-" + node + ".jsonl");
        this.thread = new Thread(this::replay, "replay of " + node);
        this.thread.setDaemon(true);
    }

    /** Starts to replay; the Consul has to be one that nobody else uses, for the prefix is the recorded one. */
    static ReplayedNode start(ConsulProcess process, String recording, String node) {
        ReplayedNode replay = new ReplayedNode(process, recording, node);
        replay.thread.start();
        return replay;
    }

    /** Ends it as SIGTERM ended it then, and waits until it has said its last word. */
    void terminate() throws InterruptedException {
        told.countDown();
        thread.join();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consul.close();
    }

    // Private

    private static List<Step> read(String resource) {
        List<Step> steps = new ArrayList<>();
        try (InputStream in = ReplayedNode.class.getResourceAsStream(resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonObject recorded = JsonParser.parseString(line).getAsJsonObject();
                double sent = recorded.get("t").getAsDouble();
                boolean news = recorded.get("method").getAsString().equals("GET");
                steps.add(new Step(news ? sent + recorded.get("took").getAsDouble() : sent, recorded));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        steps.sort(Comparator.comparingDouble(Step::at));
        return steps;
    }

    private void replay() {
        int end = farewell();
        try {
            for (int i = 0; i < steps.size(); i++) {
                if (i == end) {
                    told.await();
                }
                Step step = steps.get(i);
                if (!step.isNews()) {
                    send(step);
                } else if (i < end) {
                    await(step);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first of the requests at its end: nothing but the signal made it send them. */
    private int farewell() {
        int end = steps.size();
        while (end > 0 && !steps.get(end - 1).isNews()) {
            end--;
        }
        return end;
    }

    private void send(Step step) {
        String answer = process.http(
                step.text("method"),
                recordedSession.isEmpty() ? step.path() : step.path().replace(recordedSession, session),
                step.text("body"));
        if (step.path().startsWith("/v1/session/create")) {
            recordedSession = id(step.text("response"));
            session = id(answer);
        }
    }

    private static String id(String answer) {
        return JsonParser.parseString(answer).getAsJsonObject().get("ID").getAsString();
    }

    private void await(Step news) throws InterruptedException {
        while (!isThere(news)) {
            consul.time().sleep(LOOK_AGAIN);
        }
    }

    private boolean isThere(Step news) {
        if (news.recorded().get("status").getAsInt() != 200) {
            return true; // there was nothing to know yet
        }
        JsonElement answer = JsonParser.parseString(news.text("response"));
        if (news.path().contains("keys=")) {
            Set<String> folders = new TreeSet<>();
            answer.getAsJsonArray().forEach(key -> folders.add(key.getAsString().substring(PREFIX.length())));
            folders.remove("current"); // which our deployer creates as its bell
            return folders.equals(consul.kv().children(PREFIX, BlockingQuery.NOW).value().stream()
                    .filter(child -> child.endsWith("/"))
                    .collect(Collectors.toCollection(TreeSet::new)));
        }
        String value =
                answer.getAsJsonArray().get(0).getAsJsonObject().get("Value").getAsString();
        return consul.kv()
                .get(PREFIX + "current")
                .map(KvEntry::value)
                .orElse("")
                .equals(new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
    }
}
