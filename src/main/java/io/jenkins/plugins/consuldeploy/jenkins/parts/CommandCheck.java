package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.jenkins.Fields;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A shell command that has to succeed. */
public final class CommandCheck implements Check {

    private final String command;
    private String timeout;
    private String interval;
    private String successes;

    @DataBoundConstructor
    public CommandCheck(String command) {
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

    public String getInterval() {
        return interval;
    }

    @DataBoundSetter
    public void setInterval(String interval) {
        this.interval = Util.fixEmptyAndTrim(interval);
    }

    public Object getSuccesses() {
        return Fields.numberOrText(successes);
    }

    @DataBoundSetter
    public void setSuccesses(Object successes) {
        this.successes = Fields.text("successes", successes);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("command", command)
                .with("timeout", timeout)
                .with("interval", interval)
                .with("successes", successes)
                .as("command");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("command")
    public static final class DescriptorImpl extends PartDescriptor<Check> {

        public DescriptorImpl() {
            super(CommandCheck.class, "A command");
        }

        @POST
        public FormValidation doCheckCommand(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "command", value);
        }

        @POST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "timeout", value);
        }

        @POST
        public FormValidation doCheckInterval(@AncestorInPath Item item, @QueryParameter String value) {
            return time(item, "interval", value);
        }

        @POST
        public FormValidation doCheckSuccesses(@AncestorInPath Item item, @QueryParameter String value) {
            return number(item, "successes", value, 1);
        }
    }
}
