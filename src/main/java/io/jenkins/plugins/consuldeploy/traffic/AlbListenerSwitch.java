package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Targets;
import io.jenkins.plugins.consuldeploy.fleet.Targets.Target;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/**
 * Listeners or rules of an application load balancer that forward to two target groups, one a color, by weight. Several of
 * them (a listener for HTTP and one for HTTPS, say) move together.
 *
 * <p>A move changes the weights in the forward action and nothing else: other actions, their order and the stickiness of
 * target groups stay. A group without traffic stays in the action with weight 0, for a load balancer checks only targets of
 * groups that it uses. With target group stickiness on, AWS keeps a client with the group that it was sent to for as long
 * as that is configured: parts are then parts of the clients that come anew.
 *
 * <p>What {@link #read} tells is what the load balancer is configured to do, which its nodes follow within seconds: AWS has
 * no answer that says when. It has no compare-and-set either: who changes the same action at the same moment may undo this.
 *
 * <p>Each call throws {@link io.jenkins.plugins.consuldeploy.fleet.AwsException} when AWS refuses.
 */
public final class AlbListenerSwitch implements TrafficSwitch {

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final String DEREGISTRATION_DELAY = "deregistration_delay.timeout_seconds";

    private final List<AlbForward> forwards;
    private final Map<Color, Targets> groups = new EnumMap<>(Color.class);
    private final TimeSource time;

    /**
     * @param listeners or rules, by their ARNs; of a listener it is the default action
     * @param groups    the target group of each color, by its ARN or name
     * @throws IllegalArgumentException naming the ARN that is of neither, or the color without a group
     */
    public AlbListenerSwitch(Aws aws, List<String> listeners, Map<Color, String> groups, TimeSource time) {
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("no listener or rule is named; give its ARN");
        }
        for (Color color : Color.values()) {
            if (!groups.containsKey(color)) {
                throw new IllegalArgumentException(color + " has no target group; name one for each color");
            }
            this.groups.put(color, new Targets(aws, groups.get(color)));
        }
        this.forwards = listeners.stream()
                .map(arn -> new AlbForward(aws, arn, this.groups))
                .toList();
        this.time = time;
    }

    @Override
    public String name() {
        return "albListener:" + forwards.stream().map(AlbForward::arn).collect(Collectors.joining(","));
    }

    @Override
    public Going read() throws InterruptedException {
        return AllOrNone.read(forwards);
    }

    /** {@inheritDoc} Ready is a group with targets that are all healthy. A group that no forward action has is put there. */
    @Override
    public Optional<String> prepare(Color color, Duration timeout) throws InterruptedException {
        for (AlbForward forward : forwards) {
            forward.putIn(color);
        }
        long start = time.nanoTime();
        while (true) {
            Optional<String> why = whyNotReady(groups.get(color));
            if (why.isEmpty()) {
                return why;
            }
            if (time.since(start).compareTo(timeout) >= 0) {
                return why.map(reason -> reason + ", after " + Durations.show(timeout));
            }
            time.sleep(ASK_AGAIN);
        }
    }

    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        if (to.equals(Shares.NONE)) {
            throw new FleetException("could not move traffic (" + to
                    + "): a load balancer forwards to some target group; take the listener away instead");
        }
        AllOrNone.move(forwards, to, timeout, time);
    }

    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        AllOrNone.moveBack(forwards, to, timeout, time);
    }

    /**
     * {@inheritDoc} A load balancer does not tell what is under way in a group that is still used. So this takes the group's
     * deregistration delay, which says how long its requests may last at most.
     */
    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        Going going = read();
        for (Map.Entry<String, Shares> part : going.parts().entrySet()) {
            if (part.getValue().of(color) > 0) {
                return Optional.of(color + " still gets " + part.getValue().of(color) + "% at " + part.getKey());
            }
        }
        Targets group = groups.get(color);
        Duration delay = Duration.ofSeconds(Long.parseLong(group.attributes().getOrDefault(DEREGISTRATION_DELAY, "0")));
        return Lingering.wait(group.toString(), delay, timeout, time);
    }

    @Override
    public List<String> describe(Shares to) {
        List<String> lines = new ArrayList<>();
        for (Color color : to.live().map(List::of).orElse(List.of(Color.values()))) {
            lines.add("wait until all targets of " + groups.get(color) + " are healthy");
        }
        for (AlbForward forward : forwards) {
            lines.add(forward.name() + ": forward " + to.blue() + "% to " + groups.get(Color.BLUE) + " and "
                    + to.green() + "% to " + groups.get(Color.GREEN));
        }
        to.live().ifPresent(color -> lines.add("wait for the deregistration delay of " + groups.get(color.other())));
        return lines;
    }

    // Private

    private static Optional<String> whyNotReady(Targets group) throws InterruptedException {
        List<Target> targets =
                group.list().stream().filter(target -> !target.isDraining()).toList();
        if (targets.isEmpty()) {
            return Optional.of(group + " has no targets");
        }
        LinkedHashSet<String> reasons = new LinkedHashSet<>();
        for (Target target : targets) {
            if (target.state() != TargetHealthStateEnum.HEALTHY) {
                reasons.add(target.id() + ":" + target.port() + " is " + target.detail());
            }
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of("in " + group + ", " + String.join(", ", reasons));
    }
}
