package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Balancer;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Check;
import io.jenkins.plugins.consuldeploy.jenkins.parts.HostUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Hosts;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoUpdate;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Part;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Suspended;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * {@code rollingRelease}: one batch of hosts at a time out of its load balancers, updated, checked, put back. What
 * updates a host is the step's body, or {@code update} where it has none.
 */
public final class RollingReleaseStep extends PacedStep {

    private static final String REPAIR = "repair";

    private final String app;
    private final Hosts hosts;
    private String version;
    private List<Balancer> loadBalancers;
    private HostUpdate update;
    private Check check;
    private List<Suspended> suspend;
    private List<String> notify;
    private String ifDead;
    private String consul;
    private String credentialsId;
    private String aws;

    @DataBoundConstructor
    public RollingReleaseStep(String app, Hosts hosts) {
        this.app = Util.fixEmptyAndTrim(app);
        this.hosts = hosts;
    }

    public String getApp() {
        return app;
    }

    public Hosts getHosts() {
        return hosts;
    }

    public String getVersion() {
        return version;
    }

    @DataBoundSetter
    public void setVersion(String version) {
        this.version = Util.fixEmptyAndTrim(version);
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

    public Check getCheck() {
        return check;
    }

    @DataBoundSetter
    public void setCheck(Check check) {
        this.check = check instanceof NoCheck ? null : check;
    }

    public List<Suspended> getSuspend() {
        return suspend == null ? List.of() : List.copyOf(suspend);
    }

    @DataBoundSetter
    public void setSuspend(List<Suspended> suspend) {
        this.suspend = suspend == null ? null : new ArrayList<>(suspend);
    }

    /** The names of channels. */
    public List<String> getNotify() {
        return notify == null ? List.of() : List.copyOf(notify);
    }

    /** As a form shows them. */
    public String getNotifyAsText() {
        return String.join(", ", getNotify());
    }

    /** @param notify a list of names, or a text with commas between them */
    @DataBoundSetter
    public void setNotify(Object notify) {
        List<Object> names = Plain.list("notify", notify);
        this.notify = names == null
                ? null
                : new ArrayList<>(names.stream().map(String::valueOf).toList());
    }

    public String getIfDead() {
        return ifDead == null ? REPAIR : ifDead;
    }

    @DataBoundSetter
    public void setIfDead(String ifDead) {
        this.ifDead = Util.fixEmptyAndTrim(ifDead);
    }

    public String getConsul() {
        return consul;
    }

    @DataBoundSetter
    public void setConsul(String consul) {
        this.consul = Util.fixEmptyAndTrim(consul);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getAws() {
        return aws;
    }

    @DataBoundSetter
    public void setAws(String aws) {
        this.aws = Util.fixEmptyAndTrim(aws);
    }

    @Override
    public StepExecution start(StepContext context) throws AbortException {
        try {
            return new ReleaseExecution(request(), context);
        } catch (BadInputException e) {
            throw new AbortException(e.getMessage());
        }
    }

    // Private

    /** The release in words, and by which ways it is carried out. */
    ReleaseRequest request() {
        Map<String, Object> words = new LinkedHashMap<>();
        put(words, "app", app);
        put(words, "version", version);
        put(words, "hosts", hosts);
        put(words, "loadBalancers", loadBalancers);
        putPace(words);
        put(words, "update", update);
        put(words, "check", check);
        put(words, "suspend", suspend);
        if (!getNotify().isEmpty()) {
            words.put("notify", getNotify());
        }
        put(words, "ifDead", REPAIR.equals(ifDead) ? null : ifDead);
        return new ReleaseRequest(ReleaseKind.ROLLING, words, consul, credentialsId, aws);
    }

    private static void put(Map<String, Object> words, String field, Part part) {
        if (part != null) {
            words.put(field, part.words());
        }
    }

    private static void put(Map<String, Object> words, String field, List<? extends Part> parts) {
        if (parts != null && !parts.isEmpty()) {
            words.put(field, parts.stream().map(Part::words).toList());
        }
    }

    /** See {@link RollingReleaseDescriptor}. */
    @Extension
    public static final class DescriptorImpl extends RollingReleaseDescriptor {}
}
