package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.balancer.ClassicElb;
import io.jenkins.plugins.consuldeploy.balancer.ConsulAgents;
import io.jenkins.plugins.consuldeploy.balancer.ConsulMaintenanceBalancer;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyBalancer;
import io.jenkins.plugins.consuldeploy.balancer.HaproxyBalancer.KeepOut;
import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.balancer.TargetGroup;
import java.time.Duration;
import java.util.Optional;

/** The word {@code loadBalancers}: each entry is one of the kinds that a host can be taken out of. */
final class BalancerWords {

    private static final String[] KINDS = {"haproxy", "classicElb", "targetGroup", "consulMaintenance"};

    private BalancerWords() {}

    static LoadBalancer read(Words balancer, Words aws, Surroundings with) {
        String kind = balancer.choice(KINDS);
        return switch (kind) {
            case "haproxy" -> haproxy(HostWords.named(balancer, kind, "address"));
            case "classicElb" ->
                new ClassicElb(
                        with.aws(aws),
                        HostWords.named(balancer, kind, "name").only("name").text("name"),
                        with.consul().time());
            case "targetGroup" ->
                new TargetGroup(
                        with.aws(aws),
                        HostWords.named(balancer, kind, "name").only("name").text("name"),
                        with.consul().time());
            default -> maintenance(balancer.words(kind), with);
        };
    }

    private static LoadBalancer haproxy(Words words) {
        words.only("address", "backend", "keepOut", "timeout");
        String address = words.text("address");
        String keepOut = words.optionalText("keepOut").orElse("drain");
        KeepOut how =
                switch (keepOut) {
                    case "drain" -> KeepOut.DRAIN;
                    case "maint" -> KeepOut.MAINT;
                    default -> throw words.bad("keepOut", keepOut, "'drain' or 'maint'");
                };
        Duration timeout = words.time("timeout", HaproxyBalancer.TIMEOUT);
        return words.checked(
                "address", address, () -> new HaproxyBalancer(address, words.texts("backend"), how, timeout));
    }

    private static LoadBalancer maintenance(Words words, Surroundings with) {
        words.only("service", "node", "drainDelay");
        Duration delay = words.duration("drainDelay", ConsulMaintenanceBalancer.DRAIN_DELAY);
        ConsulAgents agents = ConsulAgents.like(with.consul().config());
        Optional<String> service = words.optionalText("service");
        if (words.flag("node", service.isEmpty())) {
            return ConsulMaintenanceBalancer.ofNode(with.consul(), service, agents, delay);
        }
        return ConsulMaintenanceBalancer.ofService(with.consul(), words.text("service"), agents, delay);
    }
}
