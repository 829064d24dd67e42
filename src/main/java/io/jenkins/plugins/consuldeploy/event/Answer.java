package io.jenkins.plugins.consuldeploy.event;

/**
 * What shows of a node's answer.
 *
 * @param detail what was seen, as a part of a sentence
 */
public record Answer(Kind kind, String detail) {

    /** How far it is. */
    public enum Kind {
        NONE,
        /** It is at it. */
        BUSY,
        DONE,
        FAILED
    }

    static Answer none(String detail) {
        return new Answer(Kind.NONE, detail);
    }
}
