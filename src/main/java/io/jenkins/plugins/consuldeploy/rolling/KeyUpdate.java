package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import java.time.Duration;
import java.util.Optional;

/**
 * Updates a host by a key of its own, from which something on it renders its configuration and restarts. Whether it
 * has, is for the check to see.
 *
 * @param key   with {@code $HOST} for the host's name and {@code $HOST_ID} for its id
 * @param value what the key is to have
 * @param back  what it is to have on the way back, where there is one
 */
public record KeyUpdate(Consul consul, String key, String value, Optional<String> back) implements Update {

    @Override
    public Optional<String> run(Turn turn, Duration timeout) {
        String own = key.replace("${HOST_ID}", turn.host().id())
                .replace("$HOST_ID", turn.host().id())
                .replace("${HOST}", turn.host().name())
                .replace("$HOST", turn.host().name());
        consul.kv().put(own, turn.back() ? back.orElseThrow() : value);
        return Optional.empty();
    }

    @Override
    public boolean canGoBack() {
        return back.isPresent();
    }

    @Override
    public String describe() {
        return "write '" + value + "' to the key " + key;
    }
}
