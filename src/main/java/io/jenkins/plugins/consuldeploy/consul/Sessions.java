package io.jenkins.plugins.consuldeploy.consul;

import java.time.Duration;
import java.util.regex.Pattern;

/** Sessions of a Consul ("Session" of its HTTP API). */
public final class Sessions {

    private static final Pattern ID = Pattern.compile("[0-9A-Fa-f-]{36}");

    private final Consul consul;
    private final Transport transport;

    Sessions(Consul consul, Transport transport) {
        this.consul = consul;
        this.transport = transport;
    }

    /**
     * Creates a session and keeps it alive until it is closed.
     *
     * @param name      shown to whoever lists sessions
     * @param ttl       10 s to 24 h; Consul ends it between one and two TTLs after the last renewal
     * @param lockDelay how long nobody else gets a lock after its holder's session was lost; zero switches that off
     */
    public Session create(String name, Duration ttl, Session.Behavior behavior, Duration lockDelay) {
        return Session.create(consul, transport, name, ttl, behavior, lockDelay);
    }

    /** Ends a session, ours or another's; one that is not there is no error. */
    public void destroy(String id) {
        if (!ID.matcher(id).matches()) {
            return; // Consul 1.8 answers 500 to what can't be one, as if it were ill
        }
        Call call = Call.write(
                        "destroy the session " + id,
                        "session:write on its node",
                        "/v1/session/destroy/" + Call.encode(id))
                .asRepeatable();
        transport.readBoolean(call, transport.put(call, ""));
    }
}
