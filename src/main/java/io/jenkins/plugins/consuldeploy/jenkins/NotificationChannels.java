package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.consuldeploy.jenkins.channels.NotificationChannel;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Audience;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The channels that an administrator has set up, for the steps to name. */
@Extension
@Symbol("notificationChannels")
public final class NotificationChannels extends GlobalConfiguration {

    private List<NotificationChannel> channels = new ArrayList<>();

    public NotificationChannels() {
        load();
    }

    public static NotificationChannels get() {
        return ExtensionList.lookupSingleton(NotificationChannels.class);
    }

    public List<NotificationChannel> getChannels() {
        return List.copyOf(channels);
    }

    /** @throws BadInputException when two of them have the same name */
    @DataBoundSetter
    public void setChannels(List<NotificationChannel> channels) {
        Set<String> names = new HashSet<>();
        for (NotificationChannel channel : channels) {
            if (!names.add(channel.getName())) {
                throw new BadInputException("name", channel.getName(), "two channels have it; name them differently");
            }
        }
        this.channels = new ArrayList<>(channels);
        save();
    }

    /** A form without a channel leaves the whole list out. */
    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        try {
            setChannels(req.bindJSONToList(NotificationChannel.class, json.get("channels")));
        } catch (BadInputException e) {
            throw new FormException(e.getMessage(), e, "channels");
        }
        return true;
    }

    Optional<NotificationChannel> named(String name) {
        return channels.stream()
                .filter(channel -> channel.getName().equals(name))
                .findFirst();
    }

    /** @throws BadInputException when it is neither one of these nor the log of Jenkins */
    void check(String name) {
        if (named(name).isEmpty() && !name.equals(Audience.LOG)) {
            throw new BadInputException("notify", name, whatThereIs());
        }
    }

    String whatThereIs() {
        return channels.isEmpty()
                ? "no channel is configured; an administrator adds one under Manage Jenkins, System, Notification channels"
                : "the configured channels are "
                        + channels.stream().map(NotificationChannel::getName).collect(Collectors.joining(", "));
    }
}
