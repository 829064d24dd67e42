package io.jenkins.plugins.consuldeploy.consul;

/** An ACL token. It never shows itself: only {@link #secret()} gives the text, and only the HTTP header gets it. */
public record AclToken(String secret) {

    /** Blanks and line ends around it, as files have them, don't count. */
    public AclToken {
        secret = secret.strip();
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("an ACL token can't be empty; leave it out to be anonymous");
        }
        if (secret.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("an ACL token has one line and no control characters");
        }
    }

    @Override
    public String toString() {
        return "(token)";
    }
}
