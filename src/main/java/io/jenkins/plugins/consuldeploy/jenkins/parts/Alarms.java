package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The actions of CloudWatch alarms. */
public final class Alarms implements Suspended {

    private final List<Object> names;

    @DataBoundConstructor
    public Alarms(Object names) {
        this.names = Plain.list("names", names);
    }

    public Object getNames() {
        return names;
    }

    /** As a form shows them. */
    public String getNamesAsLines() {
        return Plain.lines(names);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording().with("alarms", names).all();
    }

    /** Its name and its form. */
    @Extension
    @Symbol("alarms")
    public static final class DescriptorImpl extends PartDescriptor<Suspended> {

        public DescriptorImpl() {
            super(Alarms.class, "Actions of CloudWatch alarms");
        }

        @POST
        public FormValidation doCheckNames(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "names", value);
        }
    }
}
