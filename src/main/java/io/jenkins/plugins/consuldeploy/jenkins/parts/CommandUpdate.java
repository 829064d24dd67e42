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

/** A shell command that updates a host. */
public final class CommandUpdate implements HostUpdate {

    private final String command;
    private String back;
    private String timeout;

    @DataBoundConstructor
    public CommandUpdate(String command) {
        this.command = Util.fixEmptyAndTrim(command);
    }

    public String getCommand() {
        return command;
    }

    public String getBack() {
        return back;
    }

    @DataBoundSetter
    public void setBack(String back) {
        this.back = Util.fixEmptyAndTrim(back);
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
                .with("command", command)
                .with("back", back)
                .with("timeout", timeout)
                .all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("command")
    public static final class DescriptorImpl extends PartDescriptor<HostUpdate> {

        public DescriptorImpl() {
            super(CommandUpdate.class, "Run a command");
        }

        @POST
        public FormValidation doCheckCommand(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "command", value);
        }

        @POST
        public FormValidation doCheckBack(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "back", value);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }
    }
}
