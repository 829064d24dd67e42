package io.jenkins.plugins.consuldeploy.jenkins.channels;

import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.SecretUrl;
import io.jenkins.plugins.consuldeploy.notify.SlackWebhook;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** An incoming webhook of Slack, or of what understands its messages. */
public final class SlackChannel implements NotificationChannel {

    private final String name;
    private final String urlCredentialsId;

    @DataBoundConstructor
    public SlackChannel(String name, String urlCredentialsId) {
        this.name = Util.fixNull(name).strip();
        this.urlCredentialsId = Util.fixEmptyAndTrim(urlCredentialsId);
    }

    @Override
    public String getName() {
        return name;
    }

    public String getUrlCredentialsId() {
        return urlCredentialsId;
    }

    @Override
    public Channel open(ChannelAccess access) {
        return new SlackWebhook(access.secret(name, "URL", urlCredentialsId, SecretUrl::of), access.webhooks());
    }

    /** Its name and its form. */
    @Extension
    @Symbol("slack")
    public static final class DescriptorImpl extends ChannelDescriptor {

        public DescriptorImpl() {
            super(SlackChannel.class);
        }

        @Override
        public String getDisplayName() {
            return "Slack, or a webhook that understands its messages";
        }

        @POST
        public FormValidation doCheckUrlCredentialsId(@QueryParameter String value) {
            return credentials("URL", value, StringCredentials.class);
        }

        @POST
        public ListBoxModel doFillUrlCredentialsIdItems(@QueryParameter String urlCredentialsId) {
            return choices(urlCredentialsId, StringCredentials.class);
        }
    }
}
