package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.BatchSize;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.OnFailure;
import io.jenkins.plugins.consuldeploy.rolling.Restart;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A key that a fleet renders from, as the fields say it. For all at once it is one write; node by node it is a rolling
 * release without load balancers, with a record, a lock, and a resume like any other.
 *
 * @param perNode whether each node is written a key of its own, and waited for, before the next one
 * @param service that renders from it; needed with {@code perNode}
 * @param seen    how its restart shows, see {@link Restart}
 */
public record KeyFields(
        String key,
        boolean perNode,
        Optional<String> service,
        Optional<String> batch,
        Optional<String> seen,
        Optional<String> onFailure,
        Optional<String> timeout) {

    /** For one node to restart, and again for it to pass its checks. */
    public static final Duration TIMEOUT = Duration.ofMinutes(5);

    /**
     * Looks at every field.
     *
     * @throws BadInputException naming the one that can't be used
     */
    public KeyFields {
        if (perNode && service.isEmpty()) {
            throw new BadInputException(
                    "service", "it is missing; which Consul service restarts on each node when its key changes?");
        }
        if (!perNode) {
            onlyPerNode("service", service);
            onlyPerNode("batch", batch);
            onlyPerNode("seen", seen);
            onlyPerNode("onFailure", onFailure);
            onlyPerNode("timeout", timeout);
        }
        batch.ifPresent(size -> BatchSize.parse("batch", size));
        seen.ifPresent(how -> Restart.parse("seen", service.orElse(""), how));
        onFailure.ifPresent(what -> OnFailure.parse("onFailure", what));
        timeout.ifPresent(text -> Durations.parse("timeout", text));
    }

    /**
     * The words of the rolling release.
     *
     * @param before what the shared key has now: what nodes go back to
     */
    public Map<String, Object> rolling(String value, Optional<String> before) {
        String limit = timeout.map(text -> Durations.parse("timeout", text))
                        .filter(duration -> !duration.isZero())
                        .orElse(TIMEOUT)
                        .toMillis()
                + "ms";
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("key", SharedKey.ofNode(key, "$HOST_ID"));
        own.put("value", value);
        own.put("shared", key);
        own.put("restart", Map.of("service", service.orElseThrow(), "seen", seen.orElse(Restart.BY_CHECKS)));
        Map<String, Object> update = new LinkedHashMap<>();
        update.put("consulKey", own);
        update.put("timeout", limit);
        before.filter(was -> !was.isBlank() && !was.equals(value)).ifPresent(was -> update.put("back", was));
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("app", AppName.of("key", key));
        words.put("version", value);
        words.put("hosts", Map.of("consulService", Map.of("service", service.get(), "perNode", true)));
        words.put("batch", batch.orElse("1"));
        words.put("onFailure", update.containsKey("back") ? onFailure.orElse("stop") : "stop");
        words.put("update", update);
        words.put("check", Map.of("consul", Map.of("service", service.get())));
        words.put("healthTimeout", limit);
        return words;
    }

    /** @throws LockHeldException naming who is bringing a value to the nodes one by one: it is not to be set past that */
    public void checkNobodyRolls(Consul consul, String root) throws LockHeldException {
        Lock.checkFree(consul, new ReleaseKeys(root).lock(AppName.of("key", key)));
    }

    // Private

    private static void onlyPerNode(String field, Optional<String> given) {
        given.ifPresent(text -> {
            throw new BadInputException(
                    field, text, "it goes with 'perNode' only; without it the key is written at once for all");
        });
    }
}
