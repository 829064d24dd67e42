package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostSource;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A switch that has to know the colors' hosts. They are found anew whenever it is asked where traffic goes, or gets ready:
 * a deployment may have brought others. What it found then moves the traffic, so that no move waits for a source of hosts,
 * and traffic goes back also while that does not answer.
 */
public final class TrafficOfHosts implements TrafficSwitch {

    private final String name;
    private final Optional<String> whyNoWeights;
    private final Map<Color, HostSource> sources;
    private final Maker maker;
    private Optional<TrafficSwitch> made = Optional.empty();

    /** Makes the switch. */
    @FunctionalInterface
    public interface Maker {

        /** @throws IllegalArgumentException saying what these hosts lack */
        TrafficSwitch of(Map<Color, List<Host>> hosts);
    }

    /**
     * @param name         what the made one's is
     * @param whyNoWeights what the made one says to that
     */
    public TrafficOfHosts(String name, Optional<String> whyNoWeights, Map<Color, HostSource> sources, Maker maker) {
        this.name = name;
        this.whyNoWeights = whyNoWeights;
        this.sources = Map.copyOf(sources);
        this.maker = maker;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Going read() throws InterruptedException {
        return anew().read();
    }

    @Override
    public Optional<String> whyNoWeights() {
        return whyNoWeights;
    }

    @Override
    public Optional<String> prepare(Color color, Duration timeout) throws InterruptedException {
        return anew().prepare(color, timeout);
    }

    @Override
    public void move(Shares to, Duration timeout) throws InterruptedException {
        known().move(to, timeout);
    }

    @Override
    public void moveBack(Color to, Duration timeout) throws InterruptedException {
        known().moveBack(to, timeout);
    }

    @Override
    public Optional<String> drain(Color color, Duration timeout) throws InterruptedException {
        return known().drain(color, timeout);
    }

    @Override
    public List<String> describe(Shares to) {
        return made.map(one -> one.describe(to)).orElse(List.of("send traffic by " + name + ": " + to));
    }

    // Private

    private TrafficSwitch known() throws InterruptedException {
        return made.isPresent() ? made.get() : anew();
    }

    private TrafficSwitch anew() throws InterruptedException {
        Map<Color, List<Host>> hosts = new EnumMap<>(Color.class);
        for (Map.Entry<Color, HostSource> source : sources.entrySet()) {
            hosts.put(source.getKey(), source.getValue().find());
        }
        try {
            made = Optional.of(maker.of(hosts));
        } catch (IllegalArgumentException e) {
            throw new FleetException("could not switch traffic by " + name + ": " + e.getMessage());
        }
        return made.get();
    }
}
