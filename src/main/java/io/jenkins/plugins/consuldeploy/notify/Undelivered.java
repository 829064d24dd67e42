package io.jenkins.plugins.consuldeploy.notify;

/**
 * An event that did not get through.
 *
 * @param channel where it was to go, without secrets
 * @param why     what the last try said, without secrets
 */
public record Undelivered(ReleaseEvent event, String channel, String why) {

    /** For the end of a release's log. */
    @Override
    public String toString() {
        return "not delivered to " + channel + ": \"" + event.headline() + "\" (" + why + ")";
    }
}
