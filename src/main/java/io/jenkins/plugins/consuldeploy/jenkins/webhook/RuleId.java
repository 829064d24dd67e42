package io.jenkins.plugins.consuldeploy.jenkins.webhook;

/**
 * Which rule.
 *
 * @param job  the full name of the job whose own it is; empty for one of Jenkins' configuration
 * @param name its name there
 */
record RuleId(String job, String name) {

    private static final char SEPARATOR = ' ';

    static RuleId global(String name) {
        return new RuleId("", name);
    }

    /** The same as the keys of the files have it: no rule's name has a slash, no job's full name ends with one. */
    String key() {
        return job + "//" + name;
    }

    /** For people. */
    @Override
    public String toString() {
        return job.isEmpty() ? name : job + SEPARATOR + name;
    }
}
