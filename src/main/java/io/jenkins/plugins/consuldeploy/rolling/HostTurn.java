package io.jenkins.plugins.consuldeploy.rolling;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.consuldeploy.balancer.Membership;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The record of one host in a release.
 *
 * @param index       its place in the release, from 0
 * @param batch       which batch it is in, from 0
 * @param back        whether it is on its way back to what ran before
 * @param changed     whether an update of this release has begun on it
 * @param attempt     how often its update was begun
 * @param fit         whether it may have traffic as it stands: not from its update's beginning until its checks pass,
 *                    and not when its balancers did not take it back
 * @param memberships how it was in each of its balancers, by their names
 * @param reason      why it failed
 */
record HostTurn(
        Host host,
        int index,
        int batch,
        HostPhase phase,
        Instant since,
        boolean back,
        boolean changed,
        int attempt,
        boolean fit,
        Map<String, Membership> memberships,
        Optional<String> reason) {

    HostTurn {
        memberships = Collections.unmodifiableMap(new TreeMap<>(memberships)); // acts go through them in this order
    }

    static HostTurn waiting(Host host, int index, int batch, Instant since, Map<String, Membership> memberships) {
        return new HostTurn(
                host, index, batch, HostPhase.WAITING, since, false, false, 0, true, memberships, Optional.empty());
    }

    /** @throws IllegalStateException when the state machine knows no such transition: a mistake of ours */
    HostTurn to(HostPhase next, Instant at, Optional<String> why) {
        if (!phase.next().contains(next)) {
            throw new IllegalStateException(host + " can't go from " + phase.word() + " to " + next.word());
        }
        boolean begins = next == HostPhase.UPDATING;
        boolean nowFit = next == HostPhase.RETURNING || fit && !begins;
        return new HostTurn(
                host,
                index,
                batch,
                next,
                at,
                back,
                changed || begins,
                attempt + (begins ? 1 : 0),
                nowFit,
                memberships,
                why);
    }

    /** Failed, and out of service. */
    HostTurn leftOut(Instant at, Optional<String> why) {
        HostTurn failed = to(HostPhase.FAILED, at, why);
        return new HostTurn(host, index, batch, failed.phase, at, back, changed, attempt, false, memberships, why);
    }

    boolean isLeftOut() {
        return phase == HostPhase.FAILED && !fit;
    }

    /** Taken up again, to go back to what ran before. */
    HostTurn turnedBack(Instant at) {
        HostTurn taken = to(isLeftOut() ? HostPhase.DRAINING : HostPhase.WAITING, at, Optional.empty());
        return new HostTurn(
                host, index, batch, taken.phase, at, true, true, attempt, fit, memberships, Optional.empty());
    }

    String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("name", host.name());
        json.addProperty("id", host.id());
        json.addProperty("address", host.address());
        host.port().ifPresent(port -> json.addProperty("port", port));
        host.zone().ifPresent(zone -> json.addProperty("zone", zone));
        json.addProperty("index", index);
        json.addProperty("batch", batch);
        json.addProperty("phase", phase.name());
        json.addProperty("since", since.toString());
        json.addProperty("back", back);
        json.addProperty("changed", changed);
        json.addProperty("attempt", attempt);
        json.addProperty("fit", fit);
        JsonObject balancers = new JsonObject();
        new TreeMap<>(memberships).forEach((name, membership) -> {
            JsonObject details = new JsonObject();
            new TreeMap<>(membership.details()).forEach(details::addProperty);
            balancers.add(name, details);
        });
        json.add("balancers", balancers);
        reason.ifPresent(why -> json.addProperty("reason", why));
        return json.toString();
    }

    static HostTurn fromJson(String text) {
        JsonObject json = JsonParser.parseString(text).getAsJsonObject();
        Map<String, Membership> memberships = new TreeMap<>();
        for (Map.Entry<String, JsonElement> balancer :
                json.getAsJsonObject("balancers").entrySet()) {
            Map<String, String> details = new TreeMap<>();
            balancer.getValue()
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(detail ->
                            details.put(detail.getKey(), detail.getValue().getAsString()));
            memberships.put(balancer.getKey(), new Membership(details));
        }
        return new HostTurn(
                new Host(
                        json.get("name").getAsString(),
                        json.get("id").getAsString(),
                        json.get("address").getAsString(),
                        json.has("port") ? OptionalInt.of(json.get("port").getAsInt()) : OptionalInt.empty(),
                        json.has("zone") ? Optional.of(json.get("zone").getAsString()) : Optional.empty()),
                json.get("index").getAsInt(),
                json.get("batch").getAsInt(),
                HostPhase.valueOf(json.get("phase").getAsString()),
                Instant.parse(json.get("since").getAsString()),
                json.get("back").getAsBoolean(),
                json.get("changed").getAsBoolean(),
                json.get("attempt").getAsInt(),
                json.get("fit").getAsBoolean(),
                memberships,
                json.has("reason") ? Optional.of(json.get("reason").getAsString()) : Optional.empty());
    }
}
