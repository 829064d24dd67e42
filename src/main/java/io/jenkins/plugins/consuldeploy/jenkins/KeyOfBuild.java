package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import io.jenkins.plugins.consuldeploy.spec.KeyFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A key that a build sets, for all at once or node by node. */
record KeyOfBuild(KeyFields fields, String value) implements AgentlessDeployment {

    @Override
    public Map<String, Object> carryOut(Surroundings with) throws AbortException, InterruptedException {
        SharedKey shared = new SharedKey(with.consul(), with.root(), fields.key());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("key", fields.key());
        map.put("value", value);
        if (!fields.perNode()) {
            map.put("previous", set(shared, with).orElse(null));
            return map;
        }
        Optional<String> before = shared.value();
        Outcome outcome = new RollOfBuild(with).run(() -> fields.rolling(value, before));
        map.put("previous", shared.previous().orElse(before.orElse(null)));
        map.put("nodes", new ArrayList<>(outcome.done()));
        map.put("release", outcome.id());
        return map;
    }

    // Private

    private Optional<String> set(SharedKey shared, Surroundings with) throws AbortException {
        try {
            fields.checkNobodyRolls(with.consul(), with.root());
            Optional<String> previous = shared.set(value);
            with.note(fields.key() + " is '" + value + "'"
                    + previous.map(was -> ", was '" + was + "'").orElse(", and is new"));
            List<String> others = shared.notFollowing(SharedKey.ofNode(fields.key(), "*"), value).stream()
                    .map(KvEntry::key)
                    .toList();
            if (!others.isEmpty()) {
                with.note("these nodes have a key of their own and don't follow it: " + String.join(", ", others));
            }
            return previous;
        } catch (LockHeldException | SharedKey.ChangedMeanwhileException e) {
            throw new AbortException(e.getMessage());
        }
    }
}
