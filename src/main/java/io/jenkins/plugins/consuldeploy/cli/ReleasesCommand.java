package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "releases",
        description = "Lists the releases and switches on record, the newest first: of each application the last "
                + Journal.KEPT_RELEASES
                + ". One that runs without a holder was left by whoever ran it: 'resume' goes on with it.",
        customSynopsis = "releases [--app APP] [OPTIONS]",
        sortOptions = false,
        footer = {"", "Examples:", "  consul-deploy releases", "  consul-deploy releases --app web --json"})
final class ReleasesCommand extends ConsulCommand {

    private static final List<String> HEADINGS = List.of("ID", "APP", "STATE", "DONE", "HOLDER", "SINCE");

    @Option(names = "--app", order = 1, paramLabel = "APP", description = "Only those of this application.")
    private Optional<String> app = Optional.empty();

    @Override
    Job job(Shell shell) {
        ReleaseKeys keys = new ReleaseKeys(root());
        return consul -> {
            List<ReleaseHead> heads = app.map(name -> Journal.releases(consul, keys, name))
                    .orElseGet(() -> Journal.releases(consul, keys));
            Map<String, Optional<Holder>> holders = holders(consul, keys, heads);
            return new Answer(
                    lines(heads, holders, consul.time().now()), json -> json.add("releases", json(heads, holders)));
        };
    }

    // Private

    /** Who has the lock of each application that has a release to be held. */
    private static Map<String, Optional<Holder>> holders(Consul consul, ReleaseKeys keys, List<ReleaseHead> heads) {
        Map<String, Optional<Holder>> holders = new HashMap<>();
        heads.stream()
                .filter(head -> !head.state().isOver())
                .forEach(head -> holders.computeIfAbsent(head.app(), name -> Lock.holder(consul, keys.lock(name))));
        return holders;
    }

    private static Optional<Holder> holder(ReleaseHead head, Map<String, Optional<Holder>> holders) {
        return head.state().isOver()
                ? Optional.empty()
                : holders.get(head.app()).filter(holder -> holder.what().equals("release " + head.id()));
    }

    private List<String> lines(List<ReleaseHead> heads, Map<String, Optional<Holder>> holders, Instant now) {
        if (heads.isEmpty()) {
            return List.of(
                    app.map(name -> "no release of " + name + " is on record").orElse("no release is on record"));
        }
        List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
        for (ReleaseHead head : heads) {
            String holder = head.state().isOver()
                    ? "-"
                    : holder(head, holders)
                            .map(one -> one.who() + " (" + one.build() + ")")
                            .orElse("nobody");
            Duration age = Duration.between(head.ended().orElse(head.started()), now);
            rows.add(List.of(
                    head.id(),
                    head.app() + head.version().map(version -> " " + version).orElse(""),
                    head.state().word(),
                    head.doneWords(),
                    holder,
                    (age.isNegative() ? "just now" : Durations.show(age) + " ago")));
        }
        return aligned(rows);
    }

    private static List<String> aligned(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(one -> one.get(at).length())
                        .max()
                        .orElse(1);
                line.append(String.format("%-" + width + "s  ", row.get(column)));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static JsonArray json(List<ReleaseHead> heads, Map<String, Optional<Holder>> holders) {
        JsonArray all = new JsonArray();
        for (ReleaseHead head : heads) {
            JsonObject one = new JsonObject();
            one.addProperty("id", head.id());
            one.addProperty("app", head.app());
            one.addProperty("kind", head.kind());
            one.addProperty("state", head.state().word());
            head.version().ifPresent(version -> one.addProperty("version", version));
            one.addProperty("done", head.done());
            one.addProperty("total", head.total());
            one.addProperty("who", head.who());
            one.addProperty("build", head.build());
            holder(head, holders).ifPresent(holder -> one.add("holder", TreeJson.holder(holder)));
            one.addProperty("started", head.started().toString());
            head.ended().ifPresent(at -> one.addProperty("ended", at.toString()));
            head.reason().ifPresent(why -> one.addProperty("reason", why));
            all.add(one);
        }
        return all;
    }
}
