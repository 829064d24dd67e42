package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.fleet.AwsGateway;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The targets of target groups as AWS keeps them, where moto does not: several ports of one target, its availability zone, and
 * {@code draining} until a test says that it is over.
 */
final class TargetGroupMemory {

    private record Target(String zone, String state) {}

    private final Map<String, Target> targets = new TreeMap<>();

    TargetGroupMemory(AwsGateway gateway) {
        gateway.handle("RegisterTargets", this::register);
        gateway.handle("DeregisterTargets", this::deregister);
        gateway.handle("DescribeTargetHealth", call -> describe());
    }

    /** Sets a target's state, by {@code id:port}. */
    synchronized void state(String key, String state) {
        targets.compute(key, (same, old) -> new Target(old == null ? "" : old.zone(), state));
    }

    synchronized void add(String key, String zone) {
        targets.put(key, new Target(zone, "healthy"));
    }

    synchronized void remove(String key) {
        targets.remove(key);
    }

    /** Every target by {@code id:port}, as {@code zone state}. */
    synchronized Map<String, String> all() {
        return targets.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> (entry.getValue()
                                .zone() + " " + entry.getValue().state())
                .strip()));
    }

    // Private

    private synchronized Optional<AwsGateway.Answer> register(AwsGateway.Call call) {
        keys(call).forEach((key, zone) -> targets.put(key, new Target(zone, "initial")));
        return Optional.of(AwsGateway.Answer.ok(call.action(), ""));
    }

    private synchronized Optional<AwsGateway.Answer> deregister(AwsGateway.Call call) {
        keys(call)
                .keySet()
                .forEach(key -> targets.computeIfPresent(key, (same, old) -> new Target(old.zone(), "draining")));
        return Optional.of(AwsGateway.Answer.ok(call.action(), ""));
    }

    private synchronized Optional<AwsGateway.Answer> describe() {
        String members = targets.entrySet().stream()
                .map(entry -> {
                    String key = entry.getKey();
                    int colon = key.lastIndexOf(':');
                    String zone = entry.getValue().zone();
                    return "<member><Target><Id>" + key.substring(0, colon) + "</Id><Port>" + key.substring(colon + 1)
                            + "</Port>" + (zone.isEmpty() ? "" : "<AvailabilityZone>" + zone + "</AvailabilityZone>")
                            + "</Target><TargetHealth><State>"
                            + entry.getValue().state() + "</State></TargetHealth></member>";
                })
                .collect(Collectors.joining());
        return Optional.of(AwsGateway.Answer.ok(
                "DescribeTargetHealth", "<TargetHealthDescriptions>" + members + "</TargetHealthDescriptions>"));
    }

    private static Map<String, String> keys(AwsGateway.Call call) {
        Map<String, String> keys = new TreeMap<>();
        for (int each = 1; call.parameters().containsKey("Targets.member." + each + ".Id"); each++) {
            String target = "Targets.member." + each + ".";
            keys.put(
                    call.parameters().get(target + "Id") + ":"
                            + call.parameters().get(target + "Port"),
                    call.parameters().getOrDefault(target + "AvailabilityZone", ""));
        }
        return keys;
    }
}
