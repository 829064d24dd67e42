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
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Processes of an auto scaling group. */
public final class GroupProcesses implements Suspended {

    private final String group;
    private List<Object> processes;

    @DataBoundConstructor
    public GroupProcesses(String group) {
        this.group = Util.fixEmptyAndTrim(group);
    }

    public String getGroup() {
        return group;
    }

    public Object getProcesses() {
        return processes;
    }

    /** As a form shows them. */
    public String getProcessesAsLines() {
        return Plain.lines(processes);
    }

    @DataBoundSetter
    public void setProcesses(Object processes) {
        this.processes = Plain.list("processes", processes);
    }

    @Override
    public Map<String, Object> words() {
        return new Wording().with("group", group).with("processes", processes).as("autoScaling");
    }

    /** Its name and its form. */
    @Extension
    @Symbol("autoScaling")
    public static final class DescriptorImpl extends PartDescriptor<Suspended> {

        public DescriptorImpl() {
            super(GroupProcesses.class, "Processes of an auto scaling group");
        }

        @POST
        public FormValidation doCheckGroup(@AncestorInPath Item item, @QueryParameter String value) {
            return text(item, "group", value);
        }

        @POST
        public FormValidation doCheckProcesses(@AncestorInPath Item item, @QueryParameter String value) {
            return anyText(item, "processes", value);
        }
    }
}
