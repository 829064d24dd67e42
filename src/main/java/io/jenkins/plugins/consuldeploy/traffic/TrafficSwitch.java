package io.jenkins.plugins.consuldeploy.traffic;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What sends traffic to one of two colors.
 *
 * <p>Every call may be repeated, also by another process after the first one died in it: moving to where traffic goes
 * already changes nothing. Each may throw {@link io.jenkins.plugins.consuldeploy.fleet.FleetException} when a part can't
 * be asked or refuses; the message says which part, what it was asked for and what it answered. An interrupt ends a wait
 * at once and leaves traffic where it is.
 */
public interface TrafficSwitch {

    /** By which the record and people find it: such as {@code haproxy:127.0.0.1:9999/b}. */
    String name();

    /** Where traffic goes now, asked of what moves it and not of any record. It changes nothing. */
    Going read() throws InterruptedException;

    /** Why it can't give a part of the traffic to each color; empty where it can. */
    default Optional<String> whyNoWeights() {
        return Optional.empty();
    }

    /**
     * All that is slow and touches no traffic, so that {@link #move} is quick: such as a configuration that is rendered
     * and tested, or targets that a balancer has to find healthy.
     *
     * @return why it is not ready after this time; empty when it is
     */
    Optional<String> prepare(Color color, Duration timeout) throws InterruptedException;

    /**
     * Sends traffic as this says, in all parts or in none: a part that refuses has the others moved back before the
     * exception is thrown. Returns when all parts say that they do so, and not when they were asked to.
     */
    void move(Shares to, Duration timeout) throws InterruptedException;

    /**
     * Sends all traffic back to a color, for the other one is found wanting: in every part that does as it is told, also
     * where another one does not, for none is better off with the color that is left. A part that was told is not taken
     * back.
     *
     * @throws io.jenkins.plugins.consuldeploy.fleet.FleetException naming each part that is not known to do so
     */
    void moveBack(Color to, Duration timeout) throws InterruptedException;

    /**
     * Waits until connections to a color that gets no traffic any more are gone, or the switch's own limit for them is
     * over.
     *
     * @return what is still there after this time; empty when nothing is
     */
    Optional<String> drain(Color color, Duration timeout) throws InterruptedException;

    /** What {@link #prepare}, {@link #move} and {@link #drain} would do, a call a line, for a plan. */
    List<String> describe(Shares to);
}
