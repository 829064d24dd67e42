package io.jenkins.plugins.consuldeploy.rolling;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A release's record as the engine reads and writes it: the one place where a host goes from phase to phase. */
final class ReleaseRecord {

    private final Journal journal;
    private final TimeSource time;
    private final RollingListener listener;
    private final Map<String, HostTurn> turns = new LinkedHashMap<>();

    ReleaseRecord(Journal journal, TimeSource time, RollingListener listener) {
        this.journal = journal;
        this.time = time;
        this.listener = listener;
        journal.hosts().values().stream()
                .map(HostTurn::fromJson)
                .sorted(Comparator.comparingInt(HostTurn::index))
                .forEach(turn -> turns.put(turn.host().name(), turn));
    }

    ReleaseHead head() {
        return journal.head();
    }

    List<HostTurn> turns() {
        return List.copyOf(turns.values());
    }

    List<HostTurn> turns(Predicate<HostTurn> which) {
        return turns.values().stream().filter(which).toList();
    }

    HostTurn turn(Host host) {
        return turn(host.name());
    }

    HostTurn turn(String host) {
        return turns.get(host);
    }

    /** To be called before each act at a balancer, which no transaction fences. */
    void checkOurs() {
        journal.checkOurs();
    }

    /** Records that a host goes on, and tells of it. */
    HostTurn go(HostTurn turn, HostPhase next, Optional<String> why) {
        return went(turn, turn.to(next, time.now(), why));
    }

    /** Records that a host failed and is out of service, and tells of it. */
    HostTurn leaveOut(HostTurn turn, String why) {
        return went(turn, turn.leftOut(time.now(), Optional.of(why)));
    }

    /** Records that a host is taken up again, to go back. */
    void turnBack(HostTurn turn) {
        HostTurn taken = turn.turnedBack(time.now());
        write(taken);
        tellPhase(turn, taken, Optional.of("going back"));
    }

    /** Records that everything that was changed goes back, and why. */
    void goBack(Optional<String> why) {
        journal.write(head().with(ReleaseHead.State.ROLLING_BACK, why));
    }

    void end(ReleaseHead.State state, Optional<String> why) {
        journal.write(head().ended(state, time.now(), why));
        tell(ReleaseHead.told(state), Optional.empty(), why);
    }

    /** What was suspended by this release and not resumed yet, by the suspensions' names. */
    Map<String, List<String>> suspended() {
        return suspended(head().progress());
    }

    static Map<String, List<String>> suspended(String progress) {
        Map<String, List<String>> suspended = new TreeMap<>();
        JsonObject json = JsonParser.parseString(progress).getAsJsonObject();
        for (Map.Entry<String, JsonElement> entry :
                json.getAsJsonObject("suspended").entrySet()) {
            List<String> items = new ArrayList<>();
            entry.getValue().getAsJsonArray().forEach(item -> items.add(item.getAsString()));
            suspended.put(entry.getKey(), items);
        }
        return suspended;
    }

    /** Whether it was asked already what is to be suspended. What runs later is not ours to suspend or resume. */
    boolean hasSuspended() {
        return progress().get("asked").getAsBoolean();
    }

    void suspended(Map<String, List<String>> suspended) {
        journal.write(head().withProgress(done(), progress(true, suspended)));
    }

    static String noProgress() {
        return progress(false, Map.of());
    }

    void note(String text) {
        listener.note(text);
    }

    void tell(ReleaseEvent.Kind kind, Optional<String> host, Optional<String> detail) {
        listener.event(head().event(kind, time.now(), host, detail));
    }

    // Private

    private HostTurn went(HostTurn turn, HostTurn gone) {
        write(gone);
        tellPhase(turn, gone, gone.reason());
        if (gone.phase() == HostPhase.FAILED) {
            tell(ReleaseEvent.Kind.HOST_FAILED, Optional.of(gone.host().name()), gone.reason());
        }
        return gone;
    }

    private void tellPhase(HostTurn from, HostTurn to, Optional<String> detail) {
        listener.went(to.host(), from.phase(), to.phase(), Duration.between(from.since(), to.since()), detail);
    }

    private void write(HostTurn turn) {
        turns.put(turn.host().name(), turn);
        ReleaseHead head = head();
        Optional<ReleaseHead> newHead =
                done() == head.done() ? Optional.empty() : Optional.of(head.withProgress(done(), head.progress()));
        journal.write(newHead, Map.of(turn.host().name(), turn.toJson()));
    }

    private int done() {
        return turns(turn -> turn.phase() == HostPhase.IN_SERVICE).size();
    }

    private JsonObject progress() {
        return JsonParser.parseString(head().progress()).getAsJsonObject();
    }

    private static String progress(boolean asked, Map<String, List<String>> suspended) {
        JsonObject all = new JsonObject();
        suspended.forEach((name, items) -> {
            JsonArray names = new JsonArray();
            items.forEach(names::add);
            all.add(name, names);
        });
        JsonObject json = new JsonObject();
        json.addProperty("asked", asked);
        json.add("suspended", all);
        return json.toString();
    }
}
