package io.jenkins.plugins.consuldeploy.consul;

/**
 * Maintenance mode: what is in it counts as critical, so that DNS, queries for passing instances, and what is rendered
 * from them, leave it out.
 *
 * <p>It is the agent's own state, not the catalog's: these calls are for the one agent that is spoken to, and a node's
 * mode can only be set at that node's agent ("Agent - Enable Maintenance Mode" of Consul's HTTP API). A check put into
 * the catalog instead is taken out again by the agent's next anti-entropy run. It survives a restart of the agent.
 *
 * <p>Setting what is set changes nothing, the reason included. The catalog hears of it from the agent a moment later.
 */
public final class Maintenance {

    /** The check that stands for a node's maintenance. */
    public static final String NODE_CHECK = "_node_maintenance";

    private static final String SERVICE_CHECK_PREFIX = "_service_maintenance:";

    private final Transport transport;

    Maintenance(Transport transport) {
        this.transport = transport;
    }

    /** The check that stands for the maintenance of one instance of a service. */
    public static String serviceCheck(String serviceId) {
        return SERVICE_CHECK_PREFIX + serviceId;
    }

    /** Whether a check of this id stands for a maintenance. */
    public static boolean isCheck(String id) {
        return id.equals(NODE_CHECK) || id.startsWith(SERVICE_CHECK_PREFIX);
    }

    /** The id of the instance whose maintenance such a check stands for. */
    public static String serviceOf(String serviceCheck) {
        return serviceCheck.substring(SERVICE_CHECK_PREFIX.length());
    }

    /** Puts the agent's node, and with it every service on it, into maintenance. */
    public void enableNode(String reason) {
        node("put its node into maintenance", "enable=true", "reason=" + Call.encode(reason));
    }

    /** Takes the agent's node out of maintenance. */
    public void disableNode() {
        node("take its node out of maintenance", "enable=false");
    }

    /**
     * Puts one instance of a service of this agent into maintenance.
     *
     * @throws ConsulException.Refused when the agent has none of that id
     */
    public void enableService(String id, String reason) {
        service(id, "put the service " + id + " into maintenance", "enable=true", "reason=" + Call.encode(reason));
    }

    /**
     * Takes one instance of a service of this agent out of maintenance.
     *
     * @throws ConsulException.Refused when the agent has none of that id
     */
    public void disableService(String id) {
        service(id, "take the service " + id + " out of maintenance", "enable=false");
    }

    // Private

    private void node(String doing, String... query) {
        transport.put(
                Call.write("have the agent " + doing, "node:write on it", "/v1/agent/maintenance", query)
                        .asRepeatable(),
                "");
    }

    private void service(String id, String doing, String... query) {
        Call call = Call.write(
                        "have the agent " + doing,
                        "service:write on its name",
                        "/v1/agent/service/maintenance/" + Call.encode(id),
                        query)
                .asRepeatable();
        Transport.Answer answer = transport.put(call, "");
        if (!answer.found()) {
            throw new ConsulException.Refused(
                    "could not " + call.doing() + ": the agent at "
                            + transport.config().address() + " has no service of that id (HTTP 404: " + answer.body()
                            + "). GET /v1/agent/services lists its services",
                    null);
        }
    }
}
