package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.phase.Deployment;
import io.jenkins.plugins.consuldeploy.phase.Rollback;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code consulRollback}: has every node run the version before the current one again, or one that is named. */
public final class ConsulRollbackStep extends ConsulStep {

    private static final long serialVersionUID = 1L;

    private String to;

    @DataBoundConstructor
    public ConsulRollbackStep(String prefix) {
        super(prefix);
    }

    public String getTo() {
        return to;
    }

    @DataBoundSetter
    public void setTo(String version) {
        this.to = Util.fixEmptyAndTrim(version);
    }

    @Override
    Request request() {
        Rollback rollback = new Rollback(
                Fields.given(to).map(Version::new),
                expected(),
                Fields.duration("activeTimeout", getActiveTimeout()).orElse(Deployment.ACTIVE_TIMEOUT));
        return (deployer, former, listener) -> deployer.rollback(rollback, former, listener);
    }

    @Override
    String doing() {
        return "roll " + getPrefix() + " back"
                + Fields.given(to).map(version -> " to " + version).orElse("");
    }

    /** What was the version before the current one need not be that any more. */
    @Override
    ConsulRollbackStep towards(String version) {
        ConsulRollbackStep same = with((field, text) -> text);
        same.to = version;
        return same;
    }

    @Override
    ConsulRollbackStep with(BinaryOperator<String> change) {
        ConsulRollbackStep changed = new ConsulRollbackStep(changed("prefix", getPrefix(), change));
        copyTo(changed, change);
        changed.to = changed("to", to, change);
        return changed;
    }

    /** The step's name and its form. */
    @Extension
    public static final class DescriptorImpl extends ConsulStepDescriptor {

        @Override
        public String getFunctionName() {
            return "consulRollback";
        }

        @Override
        public String getDisplayName() {
            return "Roll back to an earlier version through Consul";
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            Object to = arguments.get("to");
            return arguments.get("prefix") + (to == null ? "" : " to " + to);
        }

        @POST
        public FormValidation doCheckNodes(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String service) {
            return FieldCheck.inItem(item, value, text -> Fields.expected(text, service, ""));
        }

        @POST
        public FormValidation doCheckTo(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, to -> Fields.given(to).ifPresent(Version::new));
        }
    }
}
