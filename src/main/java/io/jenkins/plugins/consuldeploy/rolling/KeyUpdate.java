package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Duration;
import java.util.Optional;

/**
 * Updates a host by a key of its own, from which something on it renders its configuration and restarts. What has the
 * value already is not written again, so that the same release made again finishes what is left.
 *
 * @param key     with {@code $HOST} for the host's name and {@code $HOST_ID} for its id
 * @param value   what the key is to have
 * @param back    what it is to have on the way back, where there is one
 * @param shared  the key of those that have none of their own, which is set when every host is through
 * @param restart how it shows that a host has restarted; where nothing does, it is for the check to see
 */
public record KeyUpdate(
        Consul consul,
        String key,
        String value,
        Optional<String> back,
        Optional<SharedKey> shared,
        Optional<Restart> restart)
        implements Update {

    @Override
    public Optional<String> run(Turn turn, Duration timeout) throws InterruptedException {
        String own = ownKey(turn.host());
        String wanted = turn.back() ? back.orElseThrow() : value;
        Optional<KvEntry> before = consul.kv().get(own);
        boolean isThere = before.isPresent() && before.get().value().equals(wanted);
        if (!isThere
                && !consul.kv()
                        .putIfUnchanged(
                                own, wanted, before.map(KvEntry::modifyIndex).orElse(0L))
                && !consul.kv().get(own).map(KvEntry::value).equals(Optional.of(wanted))) {
            return Optional.of("its key " + own + " was changed by somebody else at the same moment");
        }
        if (restart.isEmpty() || (isThere || before.isEmpty()) && isShared(wanted)) {
            return Optional.empty();
        }
        long written = consul.kv().get(own).map(KvEntry::modifyIndex).orElse(0L);
        return restart.get().await(consul, turn.host().id(), wanted, new Restart.Written(written, !isThere), timeout);
    }

    /** The shared key is set last: a host that has none of its own follows then. */
    @Override
    public Optional<String> finish(boolean back) {
        if (back || shared.isEmpty()) {
            return Optional.empty();
        }
        return shared.get().finish(value, ownKeys());
    }

    @Override
    public boolean canGoBack() {
        return back.isPresent();
    }

    @Override
    public String describe() {
        return "write '" + value + "' to the key " + key
                + restart.map(seen -> ", and wait until " + seen.describe()).orElse("");
    }

    @Override
    public Optional<String> describeFinish() {
        return shared.map(one -> "write '" + value + "' to the key " + one.key()
                + ", and to the keys of nodes that had no turn: none of them runs it");
    }

    // Private

    /** The shared key is set last: where it has the value, a host that has no other renders nothing new. */
    private boolean isShared(String wanted) {
        return shared.flatMap(SharedKey::value).equals(Optional.of(wanted));
    }

    private String ownKey(Host host) {
        return key.replace("${HOST_ID}", host.id())
                .replace("$HOST_ID", host.id())
                .replace("${HOST}", host.name())
                .replace("$HOST", host.name());
    }

    private String ownKeys() {
        return key.replaceAll("\\$(\\{HOST(_ID)?\\}|HOST(_ID)?)", "*");
    }
}
