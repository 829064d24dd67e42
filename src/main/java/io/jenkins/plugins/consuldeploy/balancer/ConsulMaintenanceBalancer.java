package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Maintenance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance.Check;
import io.jenkins.plugins.consuldeploy.consul.Services;
import io.jenkins.plugins.consuldeploy.fleet.ConsulInstances;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Consul as the balancer: a host in maintenance is in no DNS answer and no list of passing instances, so nobody who
 * looks up a service there, or renders a proxy's configuration from it, sends it anything new.
 *
 * <p><b>Whose maintenance.</b> Maintenance mode belongs to the agent of the host's node, so it is set there: this asks
 * the catalog of the Consul that it is given, and sets the mode at each node's own agent, which must be reachable
 * ({@link ConsulAgents}) and must say that it is that node before it is told anything. A check written into the catalog
 * from outside would do no good: the agent's next synchronization removes what it does not know. The token needs
 * {@code node:write} for nodes, {@code service:write} for services, and {@code agent:read} to ask an agent for its name.
 *
 * <p><b>Drained.</b> Consul knows of no connections. A host counts as drained when it has been in maintenance for the
 * delay that this is given: for caches of DNS answers and watchers to hear of it, and for requests under way to end.
 * The time is taken from the reason that this gives for the maintenance, so that it goes on when another process takes
 * over; a maintenance that is somebody else's is over that delay already.
 *
 * <p><b>In service</b> is a host whose checks all pass: the service's and the node's, or every check on the node when
 * there is no service.
 *
 * <p>A node's agent that can't be reached, forbids or refuses ends in a
 * {@link io.jenkins.plugins.consuldeploy.fleet.FleetException}; Consul itself in a {@link ConsulException}.
 */
public final class ConsulMaintenanceBalancer implements LoadBalancer {

    /** How long a host counts as draining. */
    public static final Duration DRAIN_DELAY = Duration.ofSeconds(5);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final String REASON = "taken out by consul-deploy at ";
    private static final String NODE = "node";
    private static final String ADDRESS = "address";
    private static final String OFF = "off";
    private static final String ON = "on: ";

    private final Consul consul;
    private final Optional<String> service;
    private final boolean wholeNode;
    private final NodeAgents agents;
    private final Duration drainDelay;

    private ConsulMaintenanceBalancer(
            Consul consul, Optional<String> service, boolean wholeNode, ConsulAgents agents, Duration drainDelay) {
        this.consul = consul;
        this.service = service;
        this.wholeNode = wholeNode;
        this.agents = new NodeAgents(agents, consul.time());
        this.drainDelay = drainDelay;
    }

    /** Takes out a host's instances of one service, and leaves its node's other services in. */
    public static ConsulMaintenanceBalancer ofService(
            Consul consul, String service, ConsulAgents agents, Duration drainDelay) {
        return new ConsulMaintenanceBalancer(consul, Optional.of(service), false, agents, drainDelay);
    }

    /**
     * Takes out a host's node with every service on it.
     *
     * @param service whose checks say when it is in service again; every check on the node when absent
     */
    public static ConsulMaintenanceBalancer ofNode(
            Consul consul, Optional<String> service, ConsulAgents agents, Duration drainDelay) {
        return new ConsulMaintenanceBalancer(consul, service, true, agents, drainDelay);
    }

    @Override
    public String name() {
        return "consul:" + (wholeNode ? "nodeMaintenance" : "maintenance")
                + service.map(name -> "/" + name).orElse("");
    }

    /** {@inheritDoc} It asks the node's agent too, for one that can't be told is better found out before. */
    @Override
    public Optional<Membership> membership(Host host) throws InterruptedException {
        return uninterrupted(() -> {
            List<ServiceInstance> instances = ConsulInstances.on(host, instances());
            Optional<Services.Node> found = service.isPresent()
                    ? instances.stream().findFirst().map(one -> new Services.Node(one.node(), one.nodeAddress()))
                    : node(host);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Services.Node node = found.get();
            Map<String, String> details = new TreeMap<>(Map.of(NODE, node.name(), ADDRESS, node.address()));
            List<Check> checks = checks(instances, node.name());
            Stream<String> maintenances = wholeNode
                    ? Stream.of(Maintenance.NODE_CHECK)
                    : instances.stream().map(instance -> Maintenance.serviceCheck(instance.id()));
            maintenances.forEach(id -> details.put(
                    id, maintenance(checks, id).map(check -> ON + check.notes()).orElse(OFF)));
            agents.tell(node, "ask for its name", agent -> {});
            return Optional.of(new Membership(details));
        });
    }

    @Override
    public boolean returnsToService(Membership membership) {
        return maintenances(membership).containsValue(OFF);
    }

    @Override
    public Status status(Host host, Membership membership) throws InterruptedException {
        return uninterrupted(() -> status(host, membership, instances()));
    }

    @Override
    public Map<Host, Status> statuses(Map<Host, Membership> members) throws InterruptedException {
        return uninterrupted(() -> {
            List<ServiceInstance> instances = instances();
            Map<Host, Status> statuses = new HashMap<>();
            members.forEach((host, membership) -> statuses.put(host, status(host, membership, instances)));
            return statuses;
        });
    }

    /** {@inheritDoc} What was in maintenance before stays so, for the reason that it had. */
    @Override
    public void takeOut(Host host, Membership membership) throws InterruptedException {
        set(host, membership, true);
    }

    /** {@inheritDoc} What was in maintenance before is so again, for the reason that it had. */
    @Override
    public void putBack(Host host, Membership membership) throws InterruptedException {
        set(host, membership, false);
    }

    @Override
    public Duration pollInterval() {
        return POLL_INTERVAL;
    }

    // Private

    private interface Asking<T> {
        T ask();
    }

    private static <T> T uninterrupted(Asking<T> asking) throws InterruptedException {
        try {
            return asking.ask();
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        }
    }

    /** Of the service, on all nodes; none when there is no service. */
    private List<ServiceInstance> instances() {
        return service.map(name -> consul.services()
                        .instances(name, Optional.empty(), false, BlockingQuery.NOW)
                        .value())
                .orElse(List.of());
    }

    private Status status(Host host, Membership membership, List<ServiceInstance> all) {
        List<ServiceInstance> instances = ConsulInstances.on(host, all);
        List<Check> checks = checks(instances, membership.details().get(NODE));
        if (service.isPresent() ? instances.isEmpty() : checks.isEmpty()) {
            return Status.OUT;
        }
        Map<String, String> maintenances = maintenances(membership);
        List<Check> set = maintenances.keySet().stream()
                .flatMap(id -> maintenance(checks, id).stream())
                .toList();
        if (set.size() == maintenances.size()) {
            return set.stream().anyMatch(this::isRecent) ? Status.DRAINING : Status.OUT;
        }
        return checks.stream().allMatch(Check::isPassing) ? Status.IN_SERVICE : Status.NOT_READY;
    }

    private Optional<Services.Node> node(Host host) {
        return consul.services()
                .node(host.id())
                .or(() -> consul.services().node(host.name()))
                .or(() -> consul.services().nodes().stream()
                        .filter(node -> node.address().equals(host.address()))
                        .findFirst());
    }

    private List<Check> checks(List<ServiceInstance> instances, String node) {
        return service.isPresent()
                ? instances.stream()
                        .flatMap(instance -> instance.checks().stream())
                        .distinct()
                        .toList()
                : consul.services().nodeChecks(node);
    }

    private static Optional<Check> maintenance(List<Check> checks, String id) {
        return checks.stream().filter(check -> check.id().equals(id)).findFirst();
    }

    /** By the checks that stand for them: off, or on and why. */
    private static Map<String, String> maintenances(Membership membership) {
        Map<String, String> maintenances = new TreeMap<>(membership.details());
        maintenances.remove(NODE);
        maintenances.remove(ADDRESS);
        return maintenances;
    }

    private boolean isRecent(Check maintenance) {
        if (!maintenance.notes().startsWith(REASON)) {
            return false;
        }
        try {
            Instant since = Instant.parse(maintenance.notes().substring(REASON.length()));
            return consul.time().now().isBefore(since.plus(drainDelay));
        } catch (DateTimeParseException e) { // somebody else's after all
            return false;
        }
    }

    private void set(Host host, Membership membership, boolean out) throws InterruptedException {
        Services.Node node = new Services.Node(
                membership.details().get(NODE), membership.details().get(ADDRESS));
        String doing = out ? "take the host " + host + " out" : "put the host " + host + " back";
        uninterrupted(() -> {
            agents.tell(node, doing, agent -> maintenances(membership).forEach((id, before) -> {
                if (before.startsWith(ON)) {
                    enable(agent, id, before.substring(ON.length()));
                } else if (out) {
                    enable(agent, id, REASON + consul.time().now());
                } else if (wholeNode) {
                    agent.disableNode();
                } else {
                    agent.disableService(Maintenance.serviceOf(id));
                }
            }));
            return null;
        });
    }

    private void enable(Maintenance agent, String id, String reason) {
        if (wholeNode) {
            agent.enableNode(reason);
        } else {
            agent.enableService(Maintenance.serviceOf(id), reason);
        }
    }
}
