package io.jenkins.plugins.consuldeploy.notify;

/** A signing key or a password. It never shows itself: only {@link #text()} gives it. */
public record Secret(String text) {

    public Secret {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a secret can't be empty");
        }
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
