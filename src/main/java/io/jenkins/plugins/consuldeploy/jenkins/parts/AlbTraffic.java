package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Listeners or rules of an application load balancer, which forward to two target groups by weight. */
public final class AlbTraffic implements Traffic {

    private final List<Object> listeners;
    private final String blue;
    private final String green;

    @DataBoundConstructor
    public AlbTraffic(Object listeners, String blue, String green) {
        this.listeners = Plain.list("listeners", listeners);
        this.blue = Util.fixEmptyAndTrim(blue);
        this.green = Util.fixEmptyAndTrim(green);
    }

    public Object getListeners() {
        return listeners;
    }

    /** As a form shows them. */
    public String getListenersAsLines() {
        return Plain.lines(listeners);
    }

    public String getBlue() {
        return blue;
    }

    public String getGreen() {
        return green;
    }

    @Override
    public Map<String, Object> words() {
        return new Wording()
                .with("listeners", listeners)
                .with("blue", blue)
                .with("green", green)
                .as("albListener");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("albListener")
    public static final class DescriptorImpl extends PartDescriptor<Traffic> {

        public DescriptorImpl() {
            super(AlbTraffic.class, "Application load balancer");
        }

        @POST
        public FormValidation doCheckListeners(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "listeners", value);
        }

        @POST
        public FormValidation doCheckBlue(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "blue", value);
        }

        @POST
        public FormValidation doCheckGreen(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "green", value);
        }
    }
}
