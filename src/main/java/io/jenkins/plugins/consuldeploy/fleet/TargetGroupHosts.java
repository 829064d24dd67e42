package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The registered targets of a target group, healthy or not, without those that are being deregistered. Instances are hosts as
 * {@link Ec2Tags} names them; an IP address is a host of that name. A target that has one port there has it as its own.
 */
public final class TargetGroupHosts implements HostSource {

    private final Aws aws;
    private final Targets targets;
    private final HostAddress address;

    /** @param address of instances; an IP target is reached at its own */
    public TargetGroupHosts(Aws aws, String arnOrName, HostAddress address) {
        this.aws = aws;
        this.targets = new Targets(aws, arnOrName);
        this.address = address;
    }

    @Override
    public List<Host> find() throws InterruptedException {
        Map<String, List<Targets.Target>> byId = new TreeMap<>();
        for (Targets.Target target : targets.list()) {
            if (!target.isDraining()) {
                byId.computeIfAbsent(target.id(), id -> new ArrayList<>()).add(target);
            }
        }
        if (targets.kind() == Targets.Kind.IP) {
            return byId.entrySet().stream()
                    .map(ip -> new Host(
                            ip.getKey(),
                            ip.getKey(),
                            ip.getKey(),
                            port(ip.getValue()),
                            ip.getValue().get(0).zone().filter(zone -> !zone.equals("all"))))
                    .toList();
        }
        return new Ec2Instances(aws, address)
                .withIds(byId.keySet(), describe()).stream()
                        .map(host -> new Host(
                                host.name(), host.id(), host.address(), port(byId.get(host.id())), host.zone()))
                        .toList();
    }

    @Override
    public String describe() {
        return "the targets of " + targets;
    }

    private static OptionalInt port(List<Targets.Target> ofOne) {
        return ofOne.size() == 1 ? OptionalInt.of(ofOne.get(0).port()) : OptionalInt.empty();
    }
}
