package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.event.EventDeployment;
import io.jenkins.plugins.consuldeploy.event.NotAcknowledgedException;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.spec.EventFields;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "event",
        description =
                "Fires a Consul user event at exactly the nodes that match, and waits for their answers where they show."
                        + " docs/events.md has the watch that runs something there.",
        customSynopsis =
                "event NAME [--node RE] [--service RE [--tag RE]] [--payload TEXT] [--acknowledged WHERE [--batch N]] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy event run-deploy --node 'app1-.*' --payload v7 --acknowledged api/version",
            "  consul-deploy event run-deploy --service '^web$' --payload v7 --acknowledged meta:web:version --batch 25%%"
        })
final class EventCommand extends ConsulCommand {

    @Parameters(paramLabel = "NAME", description = "The event, as the nodes' watches know it.")
    private String name;

    @Option(
            names = "--node",
            order = 1,
            paramLabel = "RE",
            description = "Only nodes whose names this regular expression matches somewhere.")
    private Optional<String> node = Optional.empty();

    @Option(
            names = "--service",
            order = 2,
            paramLabel = "RE",
            description = "Only nodes with a service whose name or id it matches.")
    private Optional<String> service = Optional.empty();

    @Option(
            names = "--tag",
            order = 3,
            paramLabel = "RE",
            description = "Only where that service has a tag that it matches.")
    private Optional<String> tag = Optional.empty();

    @Option(
            names = "--payload",
            order = 4,
            paramLabel = "TEXT",
            description = "What the event carries, such as the version: some 300 bytes at most.")
    private String payload = "";

    @Option(
            names = "--acknowledged",
            order = 5,
            paramLabel = "WHERE",
            description =
                    "Where answers show: a key prefix for PREFIX/PAYLOAD/NODE, as 'ack' writes it; or tag:SERVICE or"
                            + " meta:SERVICE:FIELD for the payload in the service's registration.")
    private Optional<String> acknowledged = Optional.empty();

    @Option(
            names = "--batch",
            order = 6,
            paramLabel = "N|N%",
            description = "So many nodes at a time, each acknowledged and passing its checks before the next ones.")
    private Optional<String> batch = Optional.empty();

    @Option(
            names = "--timeout",
            order = 7,
            paramLabel = "TIME",
            description = "For all answers, or those of one batch (default: 10m).")
    private Optional<String> timeout = Optional.empty();

    @Override
    Job job(Shell shell) {
        EventFields fields = new EventFields(name, node, service, tag, payload, acknowledged, batch, timeout);
        EventDeployment deployment = fields.deployment(root());
        if (!fields.isRolling()) {
            return new AtOnce(shell, deployment, output());
        }
        return new ReleaseJob(
                shell,
                root(),
                output(),
                Optional.empty(),
                new NextSteps("release", again(), Optional.empty(), sameKeys()),
                desk -> {
                    RollingWords.Reading reading = desk.rollingWords().readNew(RollingWords.record(fields.rolling()));
                    return new Work.Run(new RunningRelease.Rolling(
                            desk.releases().start(reading.spec(), IfDead.REPAIR, desk.listener(reading)),
                            reading.update().orElseThrow(),
                            reading.updateTimeout()));
                });
    }

    // Private

    private record AtOnce(Shell shell, EventDeployment deployment, OutputOptions output) implements Job {

        @Override
        public Answer run(Consul consul) throws NotAcknowledgedException, InterruptedException {
            try (Display display = output.display(shell, consul.time());
                    OneLineLog log = OneLineLog.to(display::log, output.verbose())) {
                return answer(deployment.run(
                        consul, OptionalLong.empty(), text -> display.happened(new Progress.Note(text))));
            }
        }

        private Answer answer(EventDeployment.Result result) {
            int nodes = result.nodes().size();
            String at = nodes + (nodes == 1 ? " node" : " nodes");
            String text = result.acknowledged()
                    ? at + " have answered the event " + deployment.event().name() + ": done ("
                            + Durations.show(result.took()) + ")"
                    : "the event " + deployment.event().name() + " was fired at " + at
                            + "; nobody knows what becomes of it, for events are not answered. Say by --acknowledged where"
                            + " it shows";
            return new Answer(List.of(text), json -> {
                json.addProperty("event", deployment.event().name());
                json.addProperty("payload", deployment.event().payload());
                json.add("nodes", TreeJson.array(result.nodes()));
                json.addProperty("acknowledged", result.acknowledged());
                json.addProperty("seconds", result.took().toMillis() / 1000.0);
            });
        }
    }

    private List<String> again() {
        List<String> words = new ArrayList<>(List.of("event", name));
        node.ifPresent(text -> words.addAll(List.of("--node", text)));
        service.ifPresent(text -> words.addAll(List.of("--service", text)));
        tag.ifPresent(text -> words.addAll(List.of("--tag", text)));
        words.addAll(List.of("--payload", payload));
        acknowledged.ifPresent(text -> words.addAll(List.of("--acknowledged", text)));
        batch.ifPresent(text -> words.addAll(List.of("--batch", text)));
        timeout.ifPresent(text -> words.addAll(List.of("--timeout", text)));
        return words;
    }
}
