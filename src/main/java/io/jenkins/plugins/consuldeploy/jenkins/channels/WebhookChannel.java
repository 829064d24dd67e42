package io.jenkins.plugins.consuldeploy.jenkins.channels;

import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.Secret;
import io.jenkins.plugins.consuldeploy.notify.SecretUrl;
import io.jenkins.plugins.consuldeploy.notify.SignedWebhook;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A webhook of one's own: JSON, signed with a shared key. */
public final class WebhookChannel implements NotificationChannel {

    private final String name;
    private final String urlCredentialsId;
    private final String keyCredentialsId;

    @DataBoundConstructor
    public WebhookChannel(String name, String urlCredentialsId, String keyCredentialsId) {
        this.name = Util.fixNull(name).strip();
        this.urlCredentialsId = Util.fixEmptyAndTrim(urlCredentialsId);
        this.keyCredentialsId = Util.fixEmptyAndTrim(keyCredentialsId);
    }

    @Override
    public String getName() {
        return name;
    }

    public String getUrlCredentialsId() {
        return urlCredentialsId;
    }

    public String getKeyCredentialsId() {
        return keyCredentialsId;
    }

    @Override
    public Channel open(ChannelAccess access) {
        return new SignedWebhook(
                access.secret(name, "URL", urlCredentialsId, SecretUrl::of),
                access.secret(name, "key", keyCredentialsId, Secret::new),
                access.webhooks(),
                access.time());
    }

    /** Its name and its form. */
    @Extension
    @Symbol("webhook")
    public static final class DescriptorImpl extends ChannelDescriptor {

        public DescriptorImpl() {
            super(WebhookChannel.class);
        }

        @Override
        public String getDisplayName() {
            return "A webhook with signed JSON";
        }

        @POST
        public FormValidation doCheckUrlCredentialsId(@QueryParameter String value) {
            return credentials("URL", value, StringCredentials.class);
        }

        @POST
        public ListBoxModel doFillUrlCredentialsIdItems(@QueryParameter String urlCredentialsId) {
            return choices(urlCredentialsId, StringCredentials.class);
        }

        @POST
        public FormValidation doCheckKeyCredentialsId(@QueryParameter String value) {
            return credentials("key", value, StringCredentials.class);
        }

        @POST
        public ListBoxModel doFillKeyCredentialsIdItems(@QueryParameter String keyCredentialsId) {
            return choices(keyCredentialsId, StringCredentials.class);
        }
    }
}
