package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.health.HttpStatuses;
import io.jenkins.plugins.consuldeploy.jenkins.Fields;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** An HTTP request that has to be answered well. */
public final class HttpCheck implements Check {

    private String path;
    private String port;
    private boolean tls;
    private boolean verify = true;
    private Map<String, Object> headers;
    private String status;
    private String contains;
    private String timeout;
    private String interval;
    private String successes;

    @DataBoundConstructor
    public HttpCheck() {}

    public String getPath() {
        return path;
    }

    @DataBoundSetter
    public void setPath(String path) {
        this.path = Util.fixEmptyAndTrim(path);
    }

    public Object getPort() {
        return Fields.numberOrText(port);
    }

    @DataBoundSetter
    public void setPort(Object port) {
        this.port = Fields.text("port", port);
    }

    public boolean isTls() {
        return tls;
    }

    @DataBoundSetter
    public void setTls(boolean tls) {
        this.tls = tls;
    }

    public boolean isVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(boolean verify) {
        this.verify = verify;
    }

    public Object getHeaders() {
        return headers;
    }

    /** As a form shows them. */
    public String getHeadersAsLines() {
        return Plain.lines(headers);
    }

    @DataBoundSetter
    public void setHeaders(Object headers) {
        this.headers = Plain.map("headers", headers);
    }

    public Object getStatus() {
        return Fields.numberOrText(status);
    }

    @DataBoundSetter
    public void setStatus(Object status) {
        this.status = Fields.text("status", status);
    }

    public String getContains() {
        return contains;
    }

    @DataBoundSetter
    public void setContains(String contains) {
        this.contains = Util.fixEmptyAndTrim(contains);
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
                .with("path", path)
                .with("port", port)
                .with("tls", tls, false)
                .with("verify", verify, true)
                .with("headers", headers)
                .with("status", status)
                .with("contains", contains)
                .with("timeout", timeout)
                .with("interval", interval)
                .with("successes", successes)
                .as("http");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("http")
    public static final class DescriptorImpl extends PartDescriptor<Check> {

        public DescriptorImpl() {
            super(HttpCheck.class, "An HTTP request");
        }

        @POST
        public FormValidation doCheckPath(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "path", value);
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            return port(item, "port", value);
        }

        @POST
        public FormValidation doCheckHeaders(@AncestorInPath Item item, @QueryParameter String value) {
            return given(item, value, text -> Plain.map("headers", text));
        }

        @POST
        public FormValidation doCheckStatus(@AncestorInPath Item item, @QueryParameter String value) {
            return given(item, value, HttpStatuses::of);
        }

        @POST
        public FormValidation doCheckContains(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "contains", value);
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
