package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentResult;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * What is asked of the nodes of a prefix, as the fields say it. It is the step in a Jenkinsfile, and the freestyle
 * builders hold one: the fields are here alone. They are texts as they were given, absent ones null, because this is
 * what a build keeps through a restart of Jenkins.
 */
public abstract class ConsulStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String prefix;
    private String nodes;
    private String service;
    private String tag;
    private String activeTimeout;
    private String consul;
    private String credentialsId;

    ConsulStep(String prefix) {
        this.prefix = Util.fixEmptyAndTrim(prefix);
    }

    public String getPrefix() {
        return prefix;
    }

    public Object getNodes() {
        return Fields.numberOrText(nodes);
    }

    /** @param nodes a number, or its text */
    @DataBoundSetter
    public void setNodes(Object nodes) {
        this.nodes = Fields.text("nodes", nodes);
    }

    public String getService() {
        return service;
    }

    @DataBoundSetter
    public void setService(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    public String getTag() {
        return tag;
    }

    @DataBoundSetter
    public void setTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getActiveTimeout() {
        return activeTimeout;
    }

    @DataBoundSetter
    public void setActiveTimeout(String duration) {
        this.activeTimeout = Util.fixEmptyAndTrim(duration);
    }

    public String getConsul() {
        return consul;
    }

    @DataBoundSetter
    public void setConsul(String name) {
        this.consul = Util.fixEmptyAndTrim(name);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String id) {
        this.credentialsId = Util.fixEmptyAndTrim(id);
    }

    @Override
    public final StepExecution start(StepContext context) {
        return new ConsulExecution(this, context);
    }

    // Private

    /** What is asked of a deployer. */
    interface Request {
        DeploymentResult carryOut(Deployer deployer, Optional<String> former, Progress.Listener listener)
                throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
    }

    /**
     * What the fields come to.
     *
     * @throws BadInputException when one can't be used
     */
    abstract Request request();

    /**
     * What the fields come to where the nodes have no agent of ours.
     *
     * @throws BadInputException when one can't be used
     */
    Optional<AgentlessDeployment> agentless() {
        return Optional.empty();
    }

    /** What it does, as in "deploy v7 to api/version". */
    abstract String doing();

    /** The same for a build that had begun to bring this version before Jenkins was restarted. */
    abstract ConsulStep towards(String version);

    /** The same with each field's text put through {@code change}, which gets the field's name first. */
    abstract ConsulStep with(BinaryOperator<String> change);

    final void copyTo(ConsulStep copy, BinaryOperator<String> change) {
        copy.nodes = changed("nodes", nodes, change);
        copy.service = changed("service", service, change);
        copy.tag = changed("tag", tag, change);
        copy.activeTimeout = changed("activeTimeout", activeTimeout, change);
        copy.consul = changed("consul", consul, change);
        copy.credentialsId = changed("credentialsId", credentialsId, change);
    }

    static String changed(String field, String text, BinaryOperator<String> change) {
        return text == null ? null : Util.fixEmptyAndTrim(change.apply(field, text));
    }

    final Optional<Expected> expected() {
        return Fields.expected(nodes, service, tag);
    }
}
