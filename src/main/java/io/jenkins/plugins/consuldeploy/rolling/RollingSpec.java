package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import io.jenkins.plugins.consuldeploy.health.HostCheck;
import java.util.List;
import java.util.Optional;

/**
 * A release as its engine needs it.
 *
 * @param version   what is released, for people; empty when the caller gave no name
 * @param check     that a host has to pass after its update, before it goes back
 * @param canGoBack whether whoever runs the updates can also run the one that goes back
 * @param text      all of this as JSON, so that another process can make it again
 */
public record RollingSpec(
        String app,
        Optional<String> version,
        HostSource hosts,
        List<LoadBalancer> balancers,
        List<Suspension> suspensions,
        Optional<HostCheck> check,
        RollingPolicy policy,
        boolean canGoBack,
        String text) {

    /** Makes a release's parts again from the text on record. */
    public interface Reader {
        RollingSpec read(String text);
    }
}
