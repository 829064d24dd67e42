package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.Services;
import java.net.URI;

/** How the Consul agent of a node is spoken to. */
@FunctionalInterface
public interface ConsulAgents {

    /** The agent of this node. */
    ConsulConfig of(Services.Node node);

    /**
     * Each at its node's address in the catalog, with the scheme, port, token and TLS of this one. The agents have to
     * listen there ({@code client_addr}), not on 127.0.0.1 alone as they do by default.
     */
    static ConsulAgents like(ConsulConfig consul) {
        return like(consul, consul.address().getPort());
    }

    /** The same with another port. */
    static ConsulAgents like(ConsulConfig consul, int port) {
        return node -> {
            String host = node.address().contains(":") ? "[" + node.address() + "]" : node.address();
            return consul.withAddress(URI.create(consul.address().getScheme() + "://" + host + ":" + port));
        };
    }
}
