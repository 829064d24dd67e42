package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.event.Acknowledgement;
import io.jenkins.plugins.consuldeploy.event.Filters;
import io.jenkins.plugins.consuldeploy.event.UserEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.rolling.Restart;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code consulDeploy}: prepares a version on every node, then has all of them run it. Nodes without an agent of ours are
 * sent an event instead, or told by a key, see {@link AgentlessFields}.
 */
public final class ConsulDeployStep extends ConsulStep {

    private static final long serialVersionUID = 1L;

    private final String version;
    private String rolling;
    private String onFailure;
    private String readyTimeout;
    private String keep;
    private AgentlessFields agentless = new AgentlessFields();

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

    public String getEvent() {
        return agentless.event;
    }

    @DataBoundSetter
    public void setEvent(String event) {
        agentless.event = Util.fixEmptyAndTrim(event);
    }

    public String getNode() {
        return agentless.node;
    }

    @DataBoundSetter
    public void setNode(String node) {
        agentless.node = Util.fixEmptyAndTrim(node);
    }

    public String getPayload() {
        return agentless.payload;
    }

    @DataBoundSetter
    public void setPayload(String payload) {
        agentless.payload = Util.fixEmptyAndTrim(payload);
    }

    public String getAcknowledged() {
        return agentless.acknowledged;
    }

    @DataBoundSetter
    public void setAcknowledged(String acknowledged) {
        agentless.acknowledged = Util.fixEmptyAndTrim(acknowledged);
    }

    public Object getBatch() {
        return Fields.numberOrText(agentless.batch);
    }

    /** @param batch a number, or a text such as {@code 25%} */
    @DataBoundSetter
    public void setBatch(Object batch) {
        agentless.batch = Fields.text("batch", batch);
    }

    public String getTimeout() {
        return agentless.timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        agentless.timeout = Util.fixEmptyAndTrim(timeout);
    }

    public String getKey() {
        return agentless.key;
    }

    @DataBoundSetter
    public void setKey(String key) {
        agentless.key = Util.fixEmptyAndTrim(key);
    }

    public String getValue() {
        return agentless.value;
    }

    @DataBoundSetter
    public void setValue(String value) {
        agentless.value = Util.fixEmptyAndTrim(value);
    }

    public String getSeen() {
        return agentless.seen;
    }

    @DataBoundSetter
    public void setSeen(String seen) {
        agentless.seen = Util.fixEmptyAndTrim(seen);
    }

    public boolean isPerNode() {
        return agentless.perNode;
    }

    @DataBoundSetter
    public void setPerNode(boolean perNode) {
        agentless.perNode = perNode;
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
    Optional<AgentlessDeployment> agentless() {
        agentless.checkAlone(Map.of(
                "prefix", Util.fixNull(getPrefix()),
                "version", Util.fixNull(version),
                "nodes", Util.fixNull(getNodes(), "").toString(),
                "rolling", Util.fixNull(rolling),
                "readyTimeout", Util.fixNull(readyTimeout),
                "activeTimeout", Util.fixNull(getActiveTimeout()),
                "keep", Util.fixNull(keep)));
        return agentless.read(
                Fields.given(getService()),
                Fields.given(getTag()),
                Fields.given(onFailure).filter(what -> !what.equals(OnFailure.STOP.word())));
    }

    /** What was written down before there were these fields. */
    private Object readResolve() {
        if (agentless == null) {
            agentless = new AgentlessFields();
        }
        return this;
    }

    @Override
    String doing() {
        if (agentless.isGiven()) {
            return agentless.doing();
        }
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
        changed.agentless.take(agentless, change);
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
            if (arguments.get("event") != null) {
                return "event " + arguments.get("event");
            }
            return arguments.get("key") != null
                    ? arguments.get("key") + " = " + arguments.get("value")
                    : arguments.get("version") + " to " + arguments.get("prefix");
        }

        @POST
        public FormValidation doCheckVersion(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String event,
                @QueryParameter String key) {
            return isElse(value, event, key) ? FormValidation.ok() : FieldCheck.inItem(item, value, Version::new);
        }

        /** A rollback can find out by itself who is waited for; a deployment can't. */
        @POST
        public FormValidation doCheckNodes(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String service,
                @QueryParameter String event,
                @QueryParameter String key) {
            return isElse(value, event, key)
                    ? FormValidation.ok()
                    : FieldCheck.inItem(item, value, text -> needed(Fields.expected(text, service, "")));
        }

        @POST
        public FormValidation doCheckBatch(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(
                    item, value, text -> Fields.given(text).ifPresent(size -> BatchSize.parse("batch", size)));
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, text -> Fields.duration("timeout", text));
        }

        @POST
        public FormValidation doCheckSeen(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(
                    item, value, text -> Fields.given(text).ifPresent(how -> Restart.parse("seen", "", how)));
        }

        @POST
        public FormValidation doCheckNode(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(
                    item, value, text -> Filters.of(Fields.given(text), Optional.empty(), Optional.empty()));
        }

        @POST
        public FormValidation doCheckEvent(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String payload,
                @QueryParameter String key) {
            return FieldCheck.inItem(item, value, text -> Fields.given(text).ifPresent(name -> {
                new UserEvent(name, Util.fixNull(payload).contains("$") ? "" : Util.fixNull(payload));
                Fields.given(key).ifPresent(other -> {
                    throw new BadInputException("key", other, "there is an event too; give either 'event' or 'key'");
                });
            }));
        }

        @POST
        public FormValidation doCheckPayload(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String event) {
            return FieldCheck.inItem(
                    item, value, text -> Fields.given(event).ifPresent(name -> new UserEvent(name, text)));
        }

        @POST
        public FormValidation doCheckAcknowledged(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String payload) {
            String version =
                    Fields.given(payload).filter(text -> !text.contains("$")).orElse("v1");
            return FieldCheck.inItem(item, value, text -> Fields.given(text)
                    .ifPresent(where -> Acknowledgement.parse("acknowledged", where, version, Tree::of)));
        }

        @POST
        public FormValidation doCheckKey(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, text -> Fields.given(text)
                    .ifPresent(key -> SharedKey.checked(key, Tree.DEFAULT_ROOT)));
        }

        @POST
        public FormValidation doCheckValue(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String key) {
            return FieldCheck.inItem(item, value, text -> {
                if (text.isEmpty() && Fields.given(key).isPresent()) {
                    throw new BadInputException("value", "it is missing; what is the key to have?");
                }
            });
        }

        @POST
        public FormValidation doCheckPerNode(
                @AncestorInPath Item item, @QueryParameter boolean value, @QueryParameter String service) {
            return FieldCheck.inItem(item, "", text -> {
                if (value && Fields.given(service).isEmpty()) {
                    throw new BadInputException(
                            "service",
                            "it is missing; which Consul service restarts on each node when its key changes?");
                }
            });
        }

        /** Where nothing is said of a version, but an event or a key is given. */
        private static boolean isElse(String value, String event, String key) {
            return Util.fixEmptyAndTrim(value) == null
                    && (Util.fixEmptyAndTrim(event) != null || Util.fixEmptyAndTrim(key) != null);
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
