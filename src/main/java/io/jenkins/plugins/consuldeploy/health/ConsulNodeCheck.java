package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Maintenance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance.Check;
import io.jenkins.plugins.consuldeploy.consul.Services.Registered;
import io.jenkins.plugins.consuldeploy.event.Filters;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks Consul whether a node passes its own checks and those of the services on it that match. What is said of
 * {@link ConsulHealthCheck} goes for it too.
 */
public record ConsulNodeCheck(Consul consul, Filters filters) implements HealthCheck {

    @Override
    public Result check(Host host) throws InterruptedException {
        try {
            Set<String> ids = filters.services(consul, host.id()).stream()
                    .map(Registered::id)
                    .collect(Collectors.toSet());
            List<Check> checks = consul.services().nodeChecks(host.id()).stream()
                    .filter(check -> check.serviceId().isEmpty() || ids.contains(check.serviceId()))
                    .toList();
            String failing = checks.stream()
                    .filter(check -> !check.isPassing() && !Maintenance.isCheck(check.id()))
                    .map(ConsulHealthCheck::describe)
                    .collect(Collectors.joining(", "));
            if (checks.isEmpty()) {
                return Result.unhealthy("Consul has no checks of the node " + host.id());
            }
            return failing.isEmpty()
                    ? Result.healthy("Consul says that the node " + host.id() + " passes " + checks.size() + " checks")
                    : Result.unhealthy("Consul says of the node " + host.id() + ": " + failing);
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (ConsulException e) {
            return Result.unhealthy(e.getMessage());
        }
    }

    @Override
    public String describe() {
        return "Consul's checks of the node"
                + filters.service()
                        .map(pattern -> " and of its services that match /" + pattern + "/")
                        .orElse(" and of all its services");
    }
}
