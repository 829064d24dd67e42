package io.jenkins.plugins.consuldeploy.consul;

/** An ACL token. It never shows itself: only {@link #secret()} gives the text, and only the HTTP header gets it. */
public record AclToken(String secret) {

    public AclToken {
        if (secret.isBlank()) {
            throw new IllegalArgumentException("an ACL token can't be empty; leave it out to be anonymous");
        }
    }

    @Override
    public String toString() {
        return "(token)";
    }
}
