package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;

/**
 * What whoever starts a switch, or goes back, wants done about what it may find.
 *
 * @param liveIs which color is live where traffic and record differ
 * @param force  deploys a version again that is live already; goes back without checking
 * @param ifDead what to do about a release or switch of the same application that somebody left
 */
public record SwitchOptions(LiveIs liveIs, boolean force, IfDead ifDead) {

    public static final SwitchOptions DEFAULT = new SwitchOptions(LiveIs.AGREED, false, IfDead.REPAIR);
}
