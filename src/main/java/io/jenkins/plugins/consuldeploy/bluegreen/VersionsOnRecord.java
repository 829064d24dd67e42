package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.util.Optional;

/** What each color of an application runs, by the record of its last switch. */
public record VersionsOnRecord(Consul consul, ReleaseKeys keys, String app) {

    /** Empty where the version had no name, or no switch has deployed this color. */
    public Optional<String> of(Color color) {
        return Journal.releases(consul, keys, app).stream()
                .filter(head -> head.kind().equals(ReleaseHead.SWITCH))
                .findFirst()
                .flatMap(head ->
                        SwitchState.parse(head.progress()).version(color).version());
    }
}
