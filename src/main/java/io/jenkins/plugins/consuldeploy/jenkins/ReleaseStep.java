package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.Util;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Check;
import io.jenkins.plugins.consuldeploy.jenkins.parts.NoCheck;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Part;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundSetter;

/** What the steps of every kind of release have in common: what is released, how it is checked, who is told, by which ways. */
public abstract class ReleaseStep extends Step {

    private static final String REPAIR = "repair";

    private final String app;
    private String version;
    private Check check;
    private List<String> notify;
    private String ifDead;
    private String drainTimeout;
    private boolean cutOff;
    private String healthTimeout;
    private String consul;
    private String credentialsId;
    private String aws;

    ReleaseStep(String app) {
        this.app = Util.fixEmptyAndTrim(app);
    }

    public String getApp() {
        return app;
    }

    public String getVersion() {
        return version;
    }

    @DataBoundSetter
    public void setVersion(String version) {
        this.version = Util.fixEmptyAndTrim(version);
    }

    public Check getCheck() {
        return check;
    }

    @DataBoundSetter
    public void setCheck(Check check) {
        this.check = check instanceof NoCheck ? null : check;
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

    public String getDrainTimeout() {
        return drainTimeout;
    }

    @DataBoundSetter
    public void setDrainTimeout(String drainTimeout) {
        this.drainTimeout = Util.fixEmptyAndTrim(drainTimeout);
    }

    public boolean isCutOff() {
        return cutOff;
    }

    @DataBoundSetter
    public void setCutOff(boolean cutOff) {
        this.cutOff = cutOff;
    }

    public String getHealthTimeout() {
        return healthTimeout;
    }

    @DataBoundSetter
    public void setHealthTimeout(String healthTimeout) {
        this.healthTimeout = Util.fixEmptyAndTrim(healthTimeout);
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

    abstract ReleaseKind kind();

    /** Adds what only this kind of release has. */
    abstract void putOwn(Map<String, Object> words);

    /** The release in words, and by which ways it is carried out. */
    final ReleaseRequest request() {
        Map<String, Object> words = new LinkedHashMap<>();
        put(words, "app", app);
        put(words, "version", version);
        putOwn(words);
        put(words, "check", check);
        put(words, "drainTimeout", drainTimeout);
        put(words, "cutOff", cutOff);
        put(words, "healthTimeout", healthTimeout);
        if (!getNotify().isEmpty()) {
            words.put("notify", getNotify());
        }
        put(words, "ifDead", REPAIR.equals(ifDead) ? null : ifDead);
        return new ReleaseRequest(kind(), words, consul, credentialsId, aws);
    }

    static void put(Map<String, Object> words, String field, String text) {
        if (text != null) {
            words.put(field, text);
        }
    }

    static void put(Map<String, Object> words, String field, boolean flag) {
        if (flag) {
            words.put(field, true);
        }
    }

    static void put(Map<String, Object> words, String field, Part part) {
        if (part != null) {
            words.put(field, part.words());
        }
    }

    static void put(Map<String, Object> words, String field, List<? extends Part> parts) {
        if (parts != null && !parts.isEmpty()) {
            words.put(field, parts.stream().map(Part::words).toList());
        }
    }
}
