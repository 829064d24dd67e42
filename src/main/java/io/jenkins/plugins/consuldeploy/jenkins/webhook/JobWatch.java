package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;

/** Lets what is kept of jobs' rules follow the jobs. */
@Extension
public final class JobWatch extends ItemListener {

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        WebhookSecrets.get().move(oldFullName, newFullName);
        Deliveries.get().move(oldFullName, newFullName);
    }

    @Override
    public void onDeleted(Item item) {
        WebhookSecrets.get().remove(item.getFullName());
        Deliveries.get().remove(item.getFullName());
    }
}
