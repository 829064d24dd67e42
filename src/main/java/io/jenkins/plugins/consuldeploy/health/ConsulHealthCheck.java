package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.Maintenance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance.Check;
import io.jenkins.plugins.consuldeploy.fleet.ConsulInstances;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks Consul whether a service on a host passes all its checks, and its node's.
 *
 * <p>Consul's answer is as old as its checks' interval: just after an update it may still be about the process before.
 * Maintenance counts for nothing: it keeps a host from its traffic and says nothing of how it is, and a release whose
 * balancer is Consul asks while it has the host in maintenance itself. A Consul that does not answer is ridden out as
 * long as its client does that, and is unhealthy then.
 */
public final class ConsulHealthCheck implements HealthCheck {

    private static final int QUOTED = 120;

    private final Consul consul;
    private final String service;

    public ConsulHealthCheck(Consul consul, String service) {
        this.consul = consul;
        this.service = service;
    }

    @Override
    public Result check(Host host) throws InterruptedException {
        List<ServiceInstance> instances;
        try {
            instances = ConsulInstances.on(
                    host,
                    consul.services()
                            .instances(service, Optional.empty(), false, BlockingQuery.NOW)
                            .value());
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (ConsulException e) {
            return Result.unhealthy(e.getMessage());
        }
        if (instances.isEmpty()) {
            return Result.unhealthy("Consul has no instance of " + service + " on " + host);
        }
        String failing = instances.stream()
                .flatMap(instance -> instance.checks().stream())
                .filter(check -> !check.isPassing() && !Maintenance.isCheck(check.id()))
                .distinct()
                .map(ConsulHealthCheck::describe)
                .collect(Collectors.joining(", "));
        return failing.isEmpty()
                ? Result.healthy("Consul says that " + service + " on " + host + " passes")
                : Result.unhealthy("Consul says of " + service + " on " + host + ": " + failing);
    }

    @Override
    public String describe() {
        return "Consul's checks of " + service;
    }

    // Private

    static String describe(Check check) {
        String output = check.output().strip().replaceAll("\\s+", " ");
        String shortened = output.length() <= QUOTED ? output : output.substring(0, QUOTED) + "…";
        return check.name() + " is " + check.status() + (shortened.isEmpty() ? "" : " (" + shortened + ")");
    }
}
