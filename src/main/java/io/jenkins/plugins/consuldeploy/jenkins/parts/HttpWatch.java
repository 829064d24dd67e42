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

/** Visits through the front, as a visitor makes them. */
public final class HttpWatch implements Watch {

    private final String url;
    private String status;
    private String contains;
    private boolean verify = true;
    private Map<String, Object> headers;
    private String timeout;
    private String interval;
    private String window;
    private String least;
    private String limit;

    @DataBoundConstructor
    public HttpWatch(String url) {
        this.url = Util.fixEmptyAndTrim(url);
    }

    public String getUrl() {
        return url;
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
                .with("url", url)
                .with("status", status)
                .with("contains", contains)
                .with("verify", verify, true)
                .with("headers", headers)
                .with("timeout", timeout)
                .with("interval", interval)
                .with("window", window)
                .with("least", least)
                .with("limit", limit)
                .as("http");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("http")
    public static final class DescriptorImpl extends PartDescriptor<Watch> {

        public DescriptorImpl() {
            super(HttpWatch.class, "Visits by HTTP");
        }

        @POST
        public FormValidation doCheckUrl(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "url", value);
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
        public FormValidation doCheckHeaders(@AncestorInPath Item item, @QueryParameter String value) {
            return given(item, value, text -> Plain.map("headers", text));
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
