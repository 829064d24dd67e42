package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.event.Filters;
import io.jenkins.plugins.consuldeploy.fleet.AutoScalingGroupHosts;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.ClassicElbHosts;
import io.jenkins.plugins.consuldeploy.fleet.ConsulNodes;
import io.jenkins.plugins.consuldeploy.fleet.ConsulServiceHosts;
import io.jenkins.plugins.consuldeploy.fleet.Ec2Tags;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostAddress;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.fleet.StackOutputHosts;
import io.jenkins.plugins.consuldeploy.fleet.TargetGroupHosts;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The word {@code hosts}: a list, a Consul service, or what AWS knows. */
public final class HostWords {

    private static final String[] KINDS = {
        "list", "consulService", "ec2", "autoScalingGroup", "targetGroup", "classicElb", "stack", "consulNodes"
    };

    private HostWords() {}

    static HostSource read(Words hosts, Words aws, Surroundings with) {
        String kind = hosts.choice(KINDS);
        return switch (kind) {
            case "list" -> list(hosts);
            case "consulService" -> {
                Words service = named(hosts, kind, "service").only("service", "tag", "passingOnly", "perNode");
                yield new ConsulServiceHosts(
                        with.consul(),
                        service.text("service"),
                        service.optionalText("tag"),
                        service.flag("passingOnly", false),
                        service.flag("perNode", false));
            }
            case "consulNodes" -> new ConsulNodes(with.consul(), filters(hosts.words(kind)));
            default -> onAws(hosts, kind, with.aws(aws));
        };
    }

    /** Expressions for nodes, their services and those services' tags. */
    static Filters filters(Words words) {
        words.only("node", "service", "tag");
        return words.placed(
                () -> Filters.of(words.optionalText("node"), words.optionalText("service"), words.optionalText("tag")));
    }

    /** A choice that may be a name alone: {@code {targetGroup: web}} for {@code {targetGroup: {name: web}}}. */
    static Words named(Words parent, String kind, String field) {
        Object value = parent.asMap().get(kind);
        return value instanceof Map ? parent.words(kind) : parent.nested(kind, Map.of(field, parent.text(kind)));
    }

    // Private

    private static HostSource onAws(Words hosts, String kind, Aws aws) {
        switch (kind) {
            case "ec2" -> {
                Words ec2 = hosts.words(kind).only("tags", "address");
                Map<String, List<String>> tags = new TreeMap<>();
                Words pairs = ec2.words("tags");
                pairs.asMap().keySet().forEach(name -> tags.put(name, pairs.texts(name)));
                return new Ec2Tags(aws, tags, address(ec2));
            }
            case "autoScalingGroup" -> {
                Words group = named(hosts, kind, "name").only("name", "address");
                return new AutoScalingGroupHosts(aws, group.text("name"), address(group));
            }
            case "targetGroup" -> {
                Words group = named(hosts, kind, "name").only("name", "address");
                return new TargetGroupHosts(aws, group.text("name"), address(group));
            }
            case "classicElb" -> {
                Words elb = named(hosts, kind, "name").only("name", "address");
                return new ClassicElbHosts(aws, elb.text("name"), address(elb));
            }
            default -> {
                Words stack = hosts.words("stack").only("name", "output", "address");
                return new StackOutputHosts(aws, stack.text("name"), stack.text("output"), address(stack));
            }
        }
    }

    private static HostAddress address(Words words) {
        String text = words.optionalText("address").orElse(HostAddress.PRIVATE.word());
        return Arrays.stream(HostAddress.values())
                .filter(value -> value.word().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> words.bad(
                        "address",
                        text,
                        "one of "
                                + Arrays.stream(HostAddress.values())
                                        .map(HostAddress::word)
                                        .collect(Collectors.joining(", "))));
    }

    private static HostList list(Words hosts) {
        List<Host> all = new ArrayList<>();
        Object value = hosts.asMap().get("list");
        boolean areTexts = !(value instanceof Map)
                && (!(value instanceof List<?> list) || list.stream().noneMatch(Map.class::isInstance));
        if (areTexts) {
            List<String> texts = hosts.texts("list");
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i);
                all.add(hosts.checked("list[" + i + "]", text, () -> HostList.at(text)));
            }
        } else {
            hosts.list("list").forEach(host -> all.add(host(host)));
        }
        if (all.isEmpty()) {
            throw hosts.bad("list", "[]", "it names no host; name at least one");
        }
        return hosts.checked("list", all.toString(), () -> new HostList(all));
    }

    private static Host host(Words words) {
        words.only("name", "id", "address", "port", "zone");
        String address = words.text("address");
        OptionalInt port = words.port("port");
        String name = words.optionalText("name").orElse(port.isPresent() ? address + ":" + port.getAsInt() : address);
        return words.checked("name", name, () -> {
            if (name.isBlank()) {
                throw new BadInputException("name", name, "it is empty");
            }
            return new Host(name, words.optionalText("id").orElse(name), address, port, words.optionalText("zone"));
        });
    }
}
