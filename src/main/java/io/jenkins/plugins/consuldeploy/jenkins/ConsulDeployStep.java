package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code consulDeploy}: prepares a version on every node, then has all of them run it. */
public final class ConsulDeployStep extends ConsulStep {

    private static final long serialVersionUID = 1L;

    private final String version;
    private String rolling;
    private String onFailure;
    private String readyTimeout;
    private String keep;

    @DataBoundConstructor
    public ConsulDeployStep(String prefix, String version) {
        super(prefix);
        this.version = Util.fixEmptyAndTrim(version);
    }

    public String getVersion() {
        return version;
    }

    public Object getRolling() {
        return Fields.numberOrText(rolling);
    }

    /** @param rolling a number, or a text such as {@code 25%} */
    @DataBoundSetter
    public void setRolling(Object rolling) {
        this.rolling = Fields.text("rolling", rolling);
    }

    public String getOnFailure() {
        return onFailure == null ? OnFailure.STOP.word() : onFailure;
    }

    @DataBoundSetter
    public void setOnFailure(String onFailure) {
        this.onFailure = Util.fixEmptyAndTrim(onFailure);
    }

    public String getReadyTimeout() {
        return readyTimeout;
    }

    @DataBoundSetter
    public void setReadyTimeout(String duration) {
        this.readyTimeout = Util.fixEmptyAndTrim(duration);
    }

    public Object getKeep() {
        return Fields.numberOrText(keep);
    }

    /** @param keep a number, or its text */
    @DataBoundSetter
    public void setKeep(Object keep) {
        this.keep = Fields.text("keep", keep);
    }

    @Override
    Request request() {
        Expected expected = needed(expected());
        Deployment deployment = new Deployment(
                new Version(Util.fixNull(version)),
                expected,
                Fields.rolling(rolling),
                Fields.onFailure(onFailure),
                Fields.duration("readyTimeout", readyTimeout).orElse(Deployment.READY_TIMEOUT),
                Fields.duration("activeTimeout", getActiveTimeout()).orElse(Deployment.ACTIVE_TIMEOUT),
                Fields.count("keep", keep));
        return (deployer, former, listener) -> deployer.deploy(deployment, former, listener);
    }

    private static Expected needed(Optional<Expected> expected) {
        return expected.orElseThrow(() -> new BadInputException(
                "nodes", "say who is waited for: how many 'nodes', or the 'service' that they run"));
    }

    @Override
    String doing() {
        return "deploy " + version + " to " + getPrefix();
    }

    @Override
    ConsulDeployStep towards(String target) {
        return this;
    }

    @Override
    ConsulDeployStep with(BinaryOperator<String> change) {
        ConsulDeployStep changed =
                new ConsulDeployStep(changed("prefix", getPrefix(), change), changed("version", version, change));
        copyTo(changed, change);
        changed.rolling = changed("rolling", rolling, change);
        changed.onFailure = changed("onFailure", onFailure, change);
        changed.readyTimeout = changed("readyTimeout", readyTimeout, change);
        changed.keep = changed("keep", keep, change);
        return changed;
    }

    /** The step's name and its form. */
    @Extension
    public static final class DescriptorImpl extends ConsulStepDescriptor {

        @Override
        public String getFunctionName() {
            return "consulDeploy";
        }

        @Override
        public String getDisplayName() {
            return "Deploy a version through Consul";
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            return arguments.get("version") + " to " + arguments.get("prefix");
        }

        @POST
        public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Version::new);
        }

        /** A rollback can find out by itself who is waited for; a deployment can't. */
        @POST
        @Override
        public FormValidation doCheckNodes(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String service) {
            return FieldCheck.inItem(item, value, text -> needed(Fields.expected(text, service, "")));
        }

        @POST
        public FormValidation doCheckOnFailure(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Fields::onFailure);
        }

        @POST
        public FormValidation doCheckRolling(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Fields::rolling);
        }

        @POST
        public FormValidation doCheckReadyTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, text -> Fields.duration("readyTimeout", text));
        }

        @POST
        public FormValidation doCheckKeep(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, text -> Fields.count("keep", text));
        }

        /** The choices are the same for everybody, so nobody is asked for a permission. */
        @POST
        public ListBoxModel doFillOnFailureItems() {
            return new ListBoxModel(
                    new ListBoxModel.Option("Stop, and leave everything as it is", OnFailure.STOP.word()),
                    new ListBoxModel.Option("Roll back to the previous version", OnFailure.ROLLBACK.word()));
        }
    }
}
