package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.cli.ConsulCommand.Answer;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.phase.DeploymentResult;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Phase;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What commands that change something say when it went well. */
final class Answers {

    private Answers() {}

    static Answer of(DeploymentResult result) {
        String times = Arrays.stream(Phase.values())
                .filter(result.took()::containsKey)
                .map(phase -> phase.word() + " " + Durations.show(result.took().get(phase)))
                .collect(Collectors.joining(", "));
        int nodes = result.nodes().size();
        String text = result.version() + " is active on " + nodes + (nodes == 1 ? " node" : " nodes")
                + result.previous()
                        .filter(version ->
                                !version.equals(result.version())) // a rolling that stopped leaves it current
                        .map(version -> ", before it " + version)
                        .orElse("")
                + " (" + times + ")";
        return new Answer(List.of(text), json -> {
            json.addProperty("version", result.version().name());
            json.addProperty("previous", result.previous().map(Version::name).orElse(""));
            json.add("nodes", TreeJson.array(result.nodes()));
            json.add("seconds", seconds(result.took()));
        });
    }

    static Answer cleaned(List<Version> removed) {
        return new Answer(
                List.of(
                        removed.isEmpty()
                                ? "nothing to remove"
                                : removed.size() + (removed.size() == 1 ? " version" : " versions") + " removed: "
                                        + Names.of(removed)),
                json -> json.add(
                        "removed",
                        TreeJson.array(removed.stream().map(Version::name).toList())));
    }

    static Answer unlocked(String name, Optional<Holder> holder) {
        return new Answer(
                List.of(holder.map(one -> name + " was locked by " + one + "; it is free now")
                        .orElse(name + " was not locked")),
                json -> holder.ifPresent(one -> json.add("holder", TreeJson.holder(one))));
    }

    static JsonObject seconds(Map<Phase, Duration> took) {
        JsonObject seconds = new JsonObject();
        Arrays.stream(Phase.values())
                .filter(took::containsKey)
                .forEach(phase ->
                        seconds.addProperty(phase.word(), took.get(phase).toMillis() / 1000.0));
        return seconds;
    }
}
