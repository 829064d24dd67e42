package io.jenkins.plugins.consuldeploy.jenkins.webhook;

/**
 * What became of one push.
 *
 * @param detail for administrators: what was started, or why nothing was
 */
record Outcome(Kind kind, String detail) {

    /** What may become of it. */
    enum Kind {
        /** A build is in the queue. */
        STARTED("started"),
        /** The key in Consul has the new value. */
        SET("set"),
        /** The key had this value already. */
        UNCHANGED("unchanged"),
        /** The same was delivered before. */
        REPEATED("repeated"),
        /** The rule is for other repositories or tags. */
        NO_MATCH("no match"),
        /** The rule as it is configured can't be carried out; sending it again helps nothing. */
        REFUSED("refused"),
        /** It did not work this time; the registry is asked to send it again. */
        FAILED("failed"),
        /** The request itself was turned away. */
        REJECTED("rejected");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /** Whether the same delivery made again has nothing left to do. */
        boolean isDone() {
            return this == STARTED || this == SET || this == UNCHANGED;
        }
    }
}
