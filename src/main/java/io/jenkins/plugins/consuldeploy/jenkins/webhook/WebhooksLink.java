package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.ManagementLink;
import hudson.security.Permission;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.verb.POST;

/** The administrators' page: every rule's address, and what was delivered lately. */
@Extension
public final class WebhooksLink extends ManagementLink implements StaplerProxy {

    @Override
    public String getIconFileName() {
        return "symbol-cube";
    }

    @Override
    public String getDisplayName() {
        return "Image registry webhooks";
    }

    @Override
    public String getDescription() {
        return "Addresses that image registries send to, and what they delivered.";
    }

    @Override
    public String getUrlName() {
        return "consul-webhooks";
    }

    @Override
    public Category getCategory() {
        return Category.STATUS;
    }

    @Override
    public Permission getRequiredPermission() {
        return Jenkins.ADMINISTER;
    }

    @Override
    public Object getTarget() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return this;
    }

    public WebhookView getView() {
        return new WebhookView(Rule::all);
    }

    @POST
    public HttpResponse doRotate(@QueryParameter String job, @QueryParameter String name) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return getView().rotate(Util.fixNull(job), Util.fixNull(name));
    }
}
