package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.cli.ReleaseJob.Work;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import io.jenkins.plugins.consuldeploy.spec.KeyFields;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "key",
        description =
                "Sets a key that a fleet renders its configuration from, such as an image's tag: at once for all, or node"
                        + " by node, each seen to have restarted and to be well before the next. docs/nomad.md has the templates.",
        customSynopsis = "key KEY (VALUE | --back) [--per-node --service NAME [--batch N] [--seen HOW]] [OPTIONS]",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  consul-deploy key configs/web/IMAGE_TAG release-7",
            "  consul-deploy key configs/web/IMAGE_TAG release-7 --per-node --service web --on-failure rollback",
            "  consul-deploy key configs/web/IMAGE_TAG --back --per-node --service web"
        })
final class KeyCommand extends ConsulCommand {

    @Parameters(index = "0", paramLabel = "KEY", description = "The key that all nodes share.")
    private String key;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "What it is to have.")
    private Optional<String> value = Optional.empty();

    @Option(names = "--back", order = 1, description = "Instead of a value: what it had before the one that it has.")
    private boolean back;

    @Option(
            names = "--per-node",
            order = 2,
            description =
                    "Write each node a key of its own (configs/web/NODE/IMAGE_TAG), one after the other, and the shared"
                            + " key at the end.")
    private boolean perNode;

    @Option(
            names = "--service",
            order = 3,
            paramLabel = "NAME",
            description = "The Consul service that restarts by it: its nodes are meant.")
    private Optional<String> service = Optional.empty();

    @Option(names = "--batch", order = 4, paramLabel = "N|N%", description = "So many nodes at a time (default: 1).")
    private Optional<String> batch = Optional.empty();

    @Option(
            names = "--seen",
            order = 5,
            paramLabel = "checks|tag|meta:FIELD",
            description =
                    "How a restart shows: the service's checks fail and pass again (default), or it carries the value as"
                            + " a tag, or in that field of its meta.")
    private Optional<String> seen = Optional.empty();

    @Option(
            names = "--on-failure",
            order = 6,
            paramLabel = "stop|rollback",
            description = "What follows when a node does not come back well (default: stop).")
    private Optional<String> onFailure = Optional.empty();

    @Option(
            names = "--timeout",
            order = 7,
            paramLabel = "TIME",
            description = "For one batch to restart, and again to pass its checks (default: 5m).")
    private Optional<String> timeout = Optional.empty();

    @Override
    Job job(Shell shell) {
        KeyFields fields =
                new KeyFields(SharedKey.checked(key, root()), perNode, service, batch, seen, onFailure, timeout);
        if (back == value.isPresent()) {
            throw new BadInputException(
                    "value",
                    value.orElse(""),
                    back ? "--back is given too; give one of the two" : "it is missing; give it, or --back");
        }
        if (!perNode) {
            return consul -> setForAll(consul, fields);
        }
        return new ReleaseJob(
                shell,
                root(),
                output(),
                Optional.empty(),
                new NextSteps("release", again(), Optional.empty(), sameKeys()),
                desk -> {
                    SharedKey shared = new SharedKey(desk.rollingWords().consul(), root(), key);
                    RollingWords.Reading reading = desk.rollingWords()
                            .readNew(RollingWords.record(fields.rolling(wanted(shared), shared.value())));
                    return new Work.Run(new RunningRelease.Rolling(
                            desk.releases().start(reading.spec(), IfDead.REPAIR, desk.listener(reading)),
                            reading.update().orElseThrow(),
                            reading.updateTimeout()));
                });
    }

    // Private

    private Answer setForAll(Consul consul, KeyFields fields)
            throws LockHeldException, SharedKey.ChangedMeanwhileException {
        fields.checkNobodyRolls(consul, root());
        SharedKey shared = new SharedKey(consul, root(), key);
        String wanted = wanted(shared);
        Optional<String> previous = shared.set(wanted);
        List<String> text = new ArrayList<>();
        text.add(key + " is '" + wanted + "'"
                + previous.map(was -> ", was '" + was + "'").orElse(", and is new"));
        List<String> others = shared.notFollowing(SharedKey.ofNode(key, "*"), wanted).stream()
                .map(KvEntry::key)
                .toList();
        if (!others.isEmpty()) {
            text.add("these nodes have a key of their own and don't follow it: " + String.join(", ", others)
                    + ". Give --per-node to bring it to them too");
        }
        return new Answer(text, json -> {
            json.addProperty("key", key);
            json.addProperty("value", wanted);
            previous.ifPresent(was -> json.addProperty("previous", was));
            json.add("notFollowing", TreeJson.array(others));
        });
    }

    private String wanted(SharedKey shared) {
        return value.or(shared::previous)
                .orElseThrow(() -> new BadInputException(
                        "back",
                        key,
                        "nothing is on record that it had before, or somebody else has set it since; give the value"
                                + " itself"));
    }

    private List<String> again() {
        List<String> words = new ArrayList<>(List.of("key", key));
        words.add(value.orElse("--back"));
        words.add("--per-node");
        service.ifPresent(text -> words.addAll(List.of("--service", text)));
        batch.ifPresent(text -> words.addAll(List.of("--batch", text)));
        seen.ifPresent(text -> words.addAll(List.of("--seen", text)));
        onFailure.ifPresent(text -> words.addAll(List.of("--on-failure", text)));
        timeout.ifPresent(text -> words.addAll(List.of("--timeout", text)));
        return words;
    }
}
