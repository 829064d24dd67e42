package io.jenkins.plugins.consuldeploy.notify;

import java.io.IOException;

/** Where events are delivered to. */
public interface Channel {

    /**
     * Delivers one event, within a timeout of its own.
     *
     * @throws IOException when it was not delivered; the message says to where, and what was answered, and has no secret.
     *                     A {@link DeliveryException} also says whether trying again makes sense
     */
    void deliver(ReleaseEvent event) throws IOException, InterruptedException;

    /** What it is, for logs; without a secret that its address may hold. */
    String describe();
}
