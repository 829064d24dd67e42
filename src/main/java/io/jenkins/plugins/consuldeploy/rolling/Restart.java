package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance.Check;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How it shows that a service on a node has restarted with a new value. Consul does not see restarts. So either the
 * service says its value itself, in a tag or a field of its meta: then nothing is left to guess. Or its checks are looked
 * at: an instance has restarted when it was registered anew after the write, or was seen not to pass after it and passes
 * again. A restart between two runs of a check is not seen that way, and counts as none.
 *
 * @param seen {@link #BY_CHECKS}, {@link #BY_TAG}, or {@link #BY_META} and the field's name
 */
public record Restart(String service, String seen) {

    public static final String BY_CHECKS = "checks";
    public static final String BY_TAG = "tag";
    public static final String BY_META = "meta:";

    private static final String AGENT_CHECK = "serfHealth";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** @throws BadInputException when {@code seen} is none of the three */
    public static Restart parse(String field, String service, String seen) {
        if (!seen.equals(BY_CHECKS)
                && !seen.equals(BY_TAG)
                && !(seen.startsWith(BY_META) && seen.length() > BY_META.length())) {
            throw new BadInputException(field, seen, "'checks', 'tag', or 'meta:FIELD'");
        }
        return new Restart(service, seen);
    }

    /**
     * The write that is to make it restart.
     *
     * @param index  of the key, of the same counter as those of registrations and checks
     * @param byUs   whether it was just now. Else it was written earlier, and a check that changed since counts as one
     *               that was seen not to pass
     */
    record Written(long index, boolean byUs) {}

    /** @return why it was not seen; empty when it was */
    Optional<String> await(Consul consul, String node, String value, Written written, Duration timeout)
            throws InterruptedException {
        long start = consul.time().nanoTime();
        Set<String> down = new HashSet<>();
        long index = 0;
        while (true) {
            Snapshot<List<ServiceInstance>> now = ask(consul, index);
            List<ServiceInstance> here = now.value().stream()
                    .filter(instance -> instance.node().equals(node))
                    .toList();
            here.stream().filter(Restart::isDown).forEach(one -> down.add(one.id()));
            boolean all = !here.isEmpty()
                    && here.stream().allMatch(one -> hasRestarted(one, value, written, down) && one.isPassing());
            if (all) {
                return Optional.empty();
            }
            if (consul.time().since(start).compareTo(timeout) > 0) {
                return Optional.of(late(here, value, timeout));
            }
            index = Math.max(0, now.index());
            consul.time().sleep(PAUSE);
        }
    }

    String describe() {
        if (seen.equals(BY_CHECKS)) {
            return service + " there was seen not to pass its checks and passes again, or was registered anew";
        }
        return service + " there has it as " + (seen.equals(BY_TAG) ? "a tag" : "its meta's " + field());
    }

    // Private

    /** By its own checks: that its node's agent was not heard of for a moment says nothing of it. */
    private static boolean isDown(ServiceInstance instance) {
        return instance.checks().stream()
                .anyMatch(check -> !check.isPassing() && !check.id().equals(AGENT_CHECK));
    }

    private boolean hasRestarted(ServiceInstance instance, String value, Written written, Set<String> down) {
        if (seen.equals(BY_TAG)) {
            return instance.tags().contains(value);
        }
        if (!seen.equals(BY_CHECKS)) {
            return value.equals(instance.meta().get(field()));
        }
        return instance.createIndex() > written.index()
                || down.contains(instance.id())
                || !written.byUs() && instance.checks().stream().anyMatch(check -> changed(check, instance, written));
    }

    private static boolean changed(Check check, ServiceInstance instance, Written written) {
        return check.serviceId().equals(instance.id()) && check.modifyIndex() > written.index();
    }

    private String field() {
        return seen.substring(BY_META.length());
    }

    private String late(List<ServiceInstance> here, String value, Duration timeout) {
        String after = " after " + Durations.show(timeout);
        if (here.isEmpty()) {
            return "Consul has no instance of " + service + " there" + after;
        }
        List<String> ill = here.stream()
                .filter(one -> !one.isPassing())
                .map(ServiceInstance::id)
                .toList();
        if (!ill.isEmpty()) {
            return service + " there does not pass its checks" + after + " (" + String.join(", ", ill) + ")";
        }
        if (!seen.equals(BY_CHECKS)) {
            return service + " there does not have '" + value + "' as "
                    + (seen.equals(BY_TAG) ? "a tag" : "its meta's " + field()) + after;
        }
        return service + " there was not seen to restart" + after
                + ": all of its checks passed all the time, and it was"
                + " not registered anew. Either nothing there renders from the key, or the restart was over between two"
                + " runs of its check: let the service carry the value as a tag or in its meta, and say so";
    }

    private Snapshot<List<ServiceInstance>> ask(Consul consul, long index) throws InterruptedException {
        try {
            return consul.services()
                    .instances(
                            service,
                            Optional.empty(),
                            false,
                            index == 0 ? BlockingQuery.NOW : new BlockingQuery(index, LONGEST_WAIT));
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        }
    }
}
