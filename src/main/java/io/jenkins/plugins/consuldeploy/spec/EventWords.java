package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.event.Acknowledgement;
import io.jenkins.plugins.consuldeploy.event.UserEvent;
import java.util.Optional;

/** The word {@code event} of what a release does: a Consul user event, and where its answers show. */
record EventWords(UserEvent event, Optional<Acknowledgement> acknowledged) {

    static EventWords read(Words words, Surroundings with) {
        words.only("name", "payload", "acknowledged");
        String name = words.text("name");
        String payload = words.optionalText("payload").orElse("");
        Optional<String> acknowledged = words.optionalText("acknowledged");
        acknowledged.ifPresent(where -> words.checked("payload", payload, () -> {
            Acknowledgement.checkPayload(where, payload);
            return payload;
        }));
        return new EventWords(
                words.checked("name", name, () -> new UserEvent(name, payload)),
                acknowledged.map(where -> words.checked(
                        "acknowledged",
                        where,
                        () -> Acknowledgement.parse("acknowledged", where, payload, with::tree))));
    }
}
