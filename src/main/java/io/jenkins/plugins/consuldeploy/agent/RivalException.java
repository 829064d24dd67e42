package io.jenkins.plugins.consuldeploy.agent;

/** Another living agent has this node's name: both would answer for one. */
final class RivalException extends Exception {

    private static final long serialVersionUID = 1L;

    RivalException(String key, String session) {
        super("the entry " + key + " is held by another living session, " + session
                + ": another agent has this node's name. Give one of them another name, or stop it; nothing is"
                + " written or run here until then");
    }
}
