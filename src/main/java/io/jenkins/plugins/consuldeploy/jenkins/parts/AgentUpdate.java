package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The agent on the host activates a version: no SSH. */
public final class AgentUpdate implements HostUpdate {

    private final String prefix;
    private final String version;
    private String timeout;

    @DataBoundConstructor
    public AgentUpdate(String prefix, String version) {
        this.prefix = Util.fixEmptyAndTrim(prefix);
        this.version = Util.fixEmptyAndTrim(version);
    }

    public String getPrefix() {
        return prefix;
    }

    public String getVersion() {
        return version;
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with(
                        "agent",
                        new Wording()
                                .with("prefix", prefix)
                                .with("version", version)
                                .all())
                .with("timeout", timeout)
                .all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("agent")
    public static final class DescriptorImpl extends PartDescriptor<HostUpdate> {

        public DescriptorImpl() {
            super(AgentUpdate.class, "Let the host's agent activate a version");
        }

        @POST
        public FormValidation doCheckPrefix(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Tree::of);
        }

        @POST
        public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Version::new);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
