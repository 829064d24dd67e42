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

/** A command that has to succeed again and again. */
public final class CommandWatch implements Watch {

    private final String command;
    private String timeout;
    private String interval;
    private String window;
    private String least;
    private String limit;

    @DataBoundConstructor
    public CommandWatch(String command) {
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

    public Object getWindow() {
        return Fields.numberOrText(window);
    }

    @DataBoundSetter
    public void setWindow(Object window) {
        this.window = Fields.text("window", window);
    }

    public Object getLeast() {
        return Fields.numberOrText(least);
    }

    @DataBoundSetter
    public void setLeast(Object least) {
        this.least = Fields.text("least", least);
    }

    public Object getLimit() {
        return Fields.numberOrText(limit);
    }

    @DataBoundSetter
    public void setLimit(Object limit) {
        this.limit = Fields.text("limit", limit);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("command", command)
                .with("timeout", timeout)
                .with("interval", interval)
                .with("window", window)
                .with("least", least)
                .with("limit", limit)
                .as("command");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("command")
    public static final class DescriptorImpl extends PartDescriptor<Watch> {

        public DescriptorImpl() {
            super(CommandWatch.class, "A command");
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
        public FormValidation doCheckWindow(@AncestorInPath Item item, @QueryParameter String value) {
            return number(item, "window", value, 1);
        }

        @POST
        public FormValidation doCheckLeast(@AncestorInPath Item item, @QueryParameter String value) {
            return number(item, "least", value, 1);
        }

        @POST
        public FormValidation doCheckLimit(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "limit", value);
        }
    }
}
