package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A shell command, once for the color. */
public final class ColorCommand implements ColorWork {

    private final String command;
    private String timeout;

    @DataBoundConstructor
    public ColorCommand(String command) {
        this.command = Util.fixEmptyAndTrim(command);
    }

    public String getCommand() {
        return command;
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
        return new Wording().with("command", command).with("timeout", timeout).all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("command")
    public static final class DescriptorImpl extends PartDescriptor<ColorWork> {

        public DescriptorImpl() {
            super(ColorCommand.class, "Run a command");
        }

        @POST
        public FormValidation doCheckCommand(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "command", value);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
