package io.jenkins.plugins.consuldeploy.jenkins.channels;

import hudson.model.Describable;
import io.jenkins.plugins.consuldeploy.notify.Channel;

/** A channel by the name that the steps give it. Of secrets it has the credentials' IDs only. */
public interface NotificationChannel extends Describable<NotificationChannel> {

    String getName();

    /**
     * The channel itself.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when a field can't be used, or names credentials
     *                                                                 that can't be
     */
    Channel open(ChannelAccess access);
}
