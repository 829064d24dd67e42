package io.jenkins.plugins.consuldeploy.consul;

import java.util.List;
import java.util.Map;

/**
 * One instance of a service and how it is.
 *
 * @param node     the Consul node that it runs on
 * @param address  where it listens; the node's address when it has none of its own
 * @param port     0 when it has none
 * @param meta     the service's
 * @param checks   its checks and its node's
 * @param nodeMeta the node's
 * @param createIndex of its registration: one that was taken away and registered again has a higher one
 */
public record ServiceInstance(
        String node,
        String nodeAddress,
        String id,
        String service,
        String address,
        int port,
        List<String> tags,
        Map<String, String> meta,
        List<Check> checks,
        Map<String, String> nodeMeta,
        long createIndex) {

    /**
     * A health check.
     *
     * @param status    {@code passing}, {@code warning} or {@code critical}
     * @param serviceId of the instance that it is about; empty for one of the node
     * @param notes     what whoever registered it wrote down; the reason, for maintenance
     * @param modifyIndex of its last change, of the same counter as those of keys
     */
    public record Check(
            String id, String name, String status, String output, String serviceId, String notes, long modifyIndex) {

        public boolean isPassing() {
            return status.equals("passing");
        }
    }

    /** Whether every check passes; one without checks does. */
    public boolean isPassing() {
        return checks.stream().allMatch(Check::isPassing);
    }
}
