package io.jenkins.plugins.consuldeploy.fleet;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.event.Filters;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The Consul nodes that match expressions and whose agents are alive, each a host of its node's name and address. */
public record ConsulNodes(Consul consul, Filters filters) implements HostSource {

    @Override
    public List<Host> find() {
        return filters.find(consul).stream()
                .map(node -> new Host(node.name(), node.name(), node.address(), OptionalInt.empty(), Optional.empty()))
                .toList();
    }

    @Override
    public String describe() {
        return "Consul nodes that match " + filters.describe();
    }
}
