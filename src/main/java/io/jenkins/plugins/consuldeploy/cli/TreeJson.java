package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Collection;
import java.util.Optional;

/** A tree as JSON. */
final class TreeJson {

    private TreeJson() {}

    /** Adds what stands in the tree, or only what concerns one version, to an object. */
    static void add(TreeView view, Optional<Version> only, JsonObject json) {
        json.addProperty("current", view.current().map(Version::name).orElse(""));
        json.add("history", array(view.history().stream().map(Version::name).toList()));
        view.holder().ifPresent(one -> json.add("lock", holder(one)));
        JsonObject pins = new JsonObject();
        view.pins().forEach((node, version) -> pins.addProperty(node, version.name()));
        json.add("pins", pins);
        JsonArray versions = new JsonArray();
        view.versions().stream()
                .filter(one -> only.isEmpty() || only.get().equals(one.version()))
                .forEach(one -> versions.add(version(view, one)));
        json.add("versions", versions);
    }

    static JsonObject holder(Holder holder) {
        JsonObject json = new JsonObject();
        json.addProperty("who", holder.who());
        json.addProperty("build", holder.build());
        json.addProperty("what", holder.what());
        json.addProperty("since", holder.since().toString());
        return json;
    }

    static JsonObject report(NodeReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("state", report.state().word());
        addReport(report, json);
        return json;
    }

    static JsonArray array(Collection<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    // Private

    private static JsonObject version(TreeView view, TreeView.Registered version) {
        JsonObject json = new JsonObject();
        json.addProperty("version", version.version().name());
        version.since().ifPresent(time -> json.addProperty("registered", time.toString()));
        JsonObject nodes = new JsonObject();
        version.nodes().forEach((node, state) -> {
            JsonObject one = new JsonObject();
            one.addProperty("state", state.word());
            view.report(node, version.version()).ifPresent(report -> addReport(report, one));
            nodes.add(node, one);
        });
        json.add("nodes", nodes);
        return json;
    }

    private static void addReport(NodeReport report, JsonObject json) {
        json.addProperty("since", report.since().toString());
        report.exitCode().ifPresent(code -> json.addProperty("exitCode", code));
        json.add("output", array(report.output()));
    }
}
