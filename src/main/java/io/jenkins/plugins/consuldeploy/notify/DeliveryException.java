package io.jenkins.plugins.consuldeploy.notify;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An event was not delivered. Its message has no secret, and for that reason it has no cause either. */
public final class DeliveryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean hopeless;
    private final Duration pause;

    private DeliveryException(String message, boolean hopeless, Duration pause) {
        super(message);
        this.hopeless = hopeless;
        this.pause = pause;
    }

    /** One that may pass. */
    static DeliveryException passing(String message) {
        return new DeliveryException(message, false, null);
    }

    /** One that may pass, by the receiver's word not before this. */
    static DeliveryException passing(String message, Optional<Duration> pause) {
        return new DeliveryException(message, false, pause.orElse(null));
    }

    /** One that will not pass by trying again: somebody has to change something. */
    static DeliveryException hopeless(String message) {
        return new DeliveryException(message, true, null);
    }

    /** Whether trying again is in vain. */
    public boolean isHopeless() {
        return hopeless;
    }

    /** How long the receiver wants to be left alone. */
    public Optional<Duration> pause() {
        return Optional.ofNullable(pause);
    }
}
