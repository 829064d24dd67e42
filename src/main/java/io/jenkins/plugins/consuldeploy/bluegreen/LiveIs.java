package io.jenkins.plugins.consuldeploy.bluegreen;

/** Which color is live where the traffic and the last switch's record differ. */
public enum LiveIs {
    /** Neither is believed: the caller has to look. */
    AGREED,
    /** The one that gets the traffic. */
    TRAFFIC,
    /** The one on record: traffic is moved to it first, once its hosts have passed their checks. */
    RECORD
}
