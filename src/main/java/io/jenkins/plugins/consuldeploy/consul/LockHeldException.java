package io.jenkins.plugins.consuldeploy.consul;

/** A lock is another's; the message names the holder. */
public final class LockHeldException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Holder holder;

    LockHeldException(String key, Holder holder) {
        super("locked by " + holder + " (key " + key + ")");
        this.holder = holder;
    }

    public Holder holder() {
        return holder;
    }
}
