package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Maintenance;
import io.jenkins.plugins.consuldeploy.consul.Services;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.util.function.Consumer;

/** Tells the agents of nodes, one at a time, to change their maintenance. */
record NodeAgents(ConsulAgents agents, TimeSource time) {

    /**
     * Tells a node's own agent, and no other: an address may have gone to another node, or lead back to this one.
     *
     * @param doing for the failure: {@code take the host app1 out}
     * @throws FleetException when the agent can't be reached, is another node's, forbids or refuses
     */
    void tell(Services.Node node, String doing, Consumer<Maintenance> telling) {
        try (Consul agent = new Consul(agents.of(node), time)) {
            String answering = agent.cluster().self().node();
            if (!answering.equals(node.name())) {
                throw new FleetException("could not " + doing + ": the agent at "
                        + agent.config().address() + " is that of the node " + answering + ", not of " + node.name()
                        + ". Check the node's address in the catalog, and where its agent listens");
            }
            telling.accept(agent.maintenance());
        } catch (ConsulException.Unreachable e) {
            throw new FleetException(
                    failure(node, doing, e) + ". It has to listen at the node's address (client_addr), not on 127.0.0.1"
                            + " alone",
                    e);
        } catch (ConsulException.Forbidden | ConsulException.Refused e) {
            throw new FleetException(failure(node, doing, e), e);
        }
    }

    private static String failure(Services.Node node, String doing, ConsulException e) {
        return "could not " + doing + " at the Consul agent of the node " + node.name() + ": " + e.getMessage();
    }
}
