package io.jenkins.plugins.consuldeploy.jenkins.webhook;

/** How the files' keys ({@link RuleId#key()}) follow jobs and folders. */
final class Keys {

    private Keys() {}

    /** Whether it is a rule of that job, or of a job below that folder. */
    static boolean isBelow(String key, String item) {
        return key.startsWith(item + "/");
    }

    /** The key after an item got another full name. */
    static String moved(String key, String oldName, String newName) {
        return isBelow(key, oldName) ? newName + key.substring(oldName.length()) : key;
    }
}
