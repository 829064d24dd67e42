package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.event.EventDeployment;
import io.jenkins.plugins.consuldeploy.event.NotAcknowledgedException;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.spec.EventFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A build's event. */
record EventOfBuild(EventFields fields) implements AgentlessDeployment {

    @Override
    public Map<String, Object> carryOut(Surroundings with) throws AbortException, InterruptedException {
        EventDeployment deployment = fields.deployment(with.root());
        if (fields.isRolling()) {
            Outcome outcome = new RollOfBuild(with).run(() -> fields.rolling());
            return result(outcome.done(), true, Map.of("release", outcome.id()));
        }
        try {
            EventDeployment.Result done =
                    deployment.run(with.consul(), with.remembered().fired(), new EventDeployment.Listener() {
                        @Override
                        public void note(String text) {
                            with.note(text);
                        }

                        @Override
                        public void fired(long since) {
                            with.remembered().fired(since);
                        }
                    });
            if (!done.acknowledged()) {
                with.note(
                        "nobody knows what becomes of it, for events are not answered: 'acknowledged' can say where it"
                                + " shows");
            }
            return result(
                    done.nodes(),
                    done.acknowledged(),
                    Map.of("seconds", done.took().toMillis() / 1000.0));
        } catch (NotAcknowledgedException e) {
            throw new AbortException(e.getMessage());
        }
    }

    // Private

    private Map<String, Object> result(List<String> nodes, boolean acknowledged, Map<String, Object> more) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("event", fields.event());
        map.put("payload", fields.payload());
        map.put("nodes", new ArrayList<>(nodes));
        map.put("acknowledged", acknowledged);
        map.putAll(more);
        return map;
    }
}
