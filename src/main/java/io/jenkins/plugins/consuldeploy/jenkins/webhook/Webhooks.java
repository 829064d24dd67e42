package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The rules that an administrator has set up. */
@Extension
@Symbol("consulWebhooks")
public final class Webhooks extends GlobalConfiguration {

    private List<GlobalWebhook> webhooks = new ArrayList<>();

    public Webhooks() {
        load();
    }

    public static Webhooks get() {
        return ExtensionList.lookupSingleton(Webhooks.class);
    }

    public List<GlobalWebhook> getWebhooks() {
        return List.copyOf(webhooks);
    }

    /**
     * Takes the rules over. One of a name that there was before keeps its address, unless it brings a secret along.
     *
     * @throws BadInputException when a field can't be used, or two rules have the same name
     */
    @DataBoundSetter
    public void setWebhooks(List<GlobalWebhook> webhooks) {
        Set<String> names = new HashSet<>();
        for (GlobalWebhook webhook : webhooks) {
            WebhookDescriptor.check(webhook);
            if (!names.add(webhook.getName())) {
                throw new BadInputException("name", webhook.getName(), "two webhooks have it; name them differently");
            }
            if (webhook.getAction() == null) {
                throw new BadInputException("action", "say what a push starts: a job, or a key in Consul to be set");
            }
            webhook.getAction().check();
        }
        Map<String, Secret> secrets = new TreeMap<>();
        for (GlobalWebhook webhook : webhooks) {
            if (!Secret.toString(webhook.getSecret()).isEmpty()) {
                secrets.put(webhook.getName(), webhook.getSecret());
            }
        }
        WebhookSecrets.get().setGlobal(names, secrets);
        webhooks.forEach(webhook -> webhook.setSecret(null));
        this.webhooks = new ArrayList<>(webhooks);
        save();
    }

    /** A form without a rule leaves the whole list out. */
    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        try {
            setWebhooks(req.bindJSONToList(GlobalWebhook.class, json.get("webhooks")));
        } catch (BadInputException e) {
            throw new FormException(e.getMessage(), e, "webhooks");
        }
        return true;
    }
}
