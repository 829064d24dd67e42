package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Balancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HostUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Suspended;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * {@code rollingRelease}: one batch of hosts at a time out of its load balancers, updated, checked, put back. What
 * updates a host is the step's body, or {@code update} where it has none.
 */
public final class RollingReleaseStep extends PacedStep {

    private final Hosts hosts;
    private List<Balancer> loadBalancers;
    private HostUpdate update;
    private List<Suspended> suspend;

    @DataBoundConstructor
    public RollingReleaseStep(String app, Hosts hosts) {
        super(app);
        this.hosts = hosts;
    }

    public Hosts getHosts() {
        return hosts;
    }

    public List<Balancer> getLoadBalancers() {
        return loadBalancers == null ? List.of() : List.copyOf(loadBalancers);
    }

    @DataBoundSetter
    public void setLoadBalancers(List<Balancer> loadBalancers) {
        this.loadBalancers = loadBalancers == null ? null : new ArrayList<>(loadBalancers);
    }

    public HostUpdate getUpdate() {
        return update;
    }

    @DataBoundSetter
    public void setUpdate(HostUpdate update) {
        this.update = update instanceof NoUpdate ? null : update;
    }

    public List<Suspended> getSuspend() {
        return suspend == null ? List.of() : List.copyOf(suspend);
    }

    @DataBoundSetter
    public void setSuspend(List<Suspended> suspend) {
        this.suspend = suspend == null ? null : new ArrayList<>(suspend);
    }

    // Private

    @Override
    ReleaseKind kind() {
        return ReleaseKind.ROLLING;
    }

    @Override
    void putOwn(Map<String, Object> words) {
        put(words, "hosts", hosts);
        put(words, "loadBalancers", loadBalancers);
        putPace(words);
        put(words, "update", update);
        put(words, "suspend", suspend);
    }

    /** See {@link RollingReleaseDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends RollingReleaseDescriptor {}
}
