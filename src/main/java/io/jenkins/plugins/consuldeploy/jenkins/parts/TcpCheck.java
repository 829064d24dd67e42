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

/** A port that has to take a connection. */
public final class TcpCheck implements Check {

    private String port;
    private String timeout;
    private String interval;
    private String successes;

    @DataBoundConstructor
    public TcpCheck() {}

    public Object getPort() {
        return Fields.numberOrText(port);
    }

    @DataBoundSetter
    public void setPort(Object port) {
        this.port = Fields.text("port", port);
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
                .with("port", port)
                .with("timeout", timeout)
                .with("interval", interval)
                .with("successes", successes)
                .as("tcp");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("tcp")
    public static final class DescriptorImpl extends PartDescriptor<Check> {

        public DescriptorImpl() {
            super(TcpCheck.class, "A TCP connection");
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            return port(item, "port", value);
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
