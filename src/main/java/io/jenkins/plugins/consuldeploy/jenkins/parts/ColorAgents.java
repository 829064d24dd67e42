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

/** The agents on the color's hosts activate a version: no SSH. */
public final class ColorAgents implements ColorWork {

    private final String blue;
    private final String green;
    private String version;
    private String timeout;

    @DataBoundConstructor
    public ColorAgents(String blue, String green) {
        this.blue = Util.fixEmptyAndTrim(blue);
        this.green = Util.fixEmptyAndTrim(green);
    }

    public String getBlue() {
        return blue;
    }

    public String getGreen() {
        return green;
    }

    public String getVersion() {
        return version;
    }

    @DataBoundSetter
    public void setVersion(String version) {
        this.version = Util.fixEmptyAndTrim(version);
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
                                .with("blue", blue)
                                .with("green", green)
                                .with("version", version)
                                .all())
                .with("timeout", timeout)
                .all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("agent")
    public static final class DescriptorImpl extends PartDescriptor<ColorWork> {

        public DescriptorImpl() {
            super(ColorAgents.class, "Let the hosts' agents activate a version");
        }

        @POST
        public FormValidation doCheckBlue(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Tree::of);
        }

        @POST
        public FormValidation doCheckGreen(@AncestorInPath Item item, @QueryParameter String value) {
            return FieldCheck.inItem(item, value, Tree::of);
        }

        @POST
        public FormValidation doCheckVersion(@AncestorInPath Item item, @QueryParameter String value) {
            return given(item, value, Version::new);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
