package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Moves several parts that know nothing of each other: all of them, or none; and back, from a color that is found wanting,
 * as many as do it.
 */
final class AllOrNone {

    private static final Duration ASK_AGAIN = Duration.ofMillis(20);

    private AllOrNone() {}

    /** One thing that sends traffic to a color. */
    interface Part {

        String name();

        /** How it is now. */
        Held hold() throws InterruptedException;
    }

    /** A part as it was when it was asked, and the ways from there. */
    interface Held {

        Shares shares();

        /** Asks the part for this; whether it does so is {@link Part#hold held} anew. */
        void move(Shares to) throws InterruptedException;

        /** Makes it again what it was. */
        void restore() throws InterruptedException;
    }

    static Going read(List<? extends Part> parts) throws InterruptedException {
        Map<String, Shares> going = new HashMap<>();
        for (Part part : parts) {
            going.put(part.name(), part.hold().shares());
        }
        return new Going(going);
    }

    /**
     * Moves those that are not there yet, and waits until each says that it is.
     *
     * @throws FleetException       when one refused, did not answer, or did not do it within the timeout. Those that were
     *                              touched are as they were before, or the message says which is not
     * @throws InterruptedException with the same done where not all were told yet; else they do as they were told
     */
    static void move(List<? extends Part> parts, Shares to, Duration timeout, TimeSource time)
            throws InterruptedException {
        long start = time.nanoTime();
        Map<Part, Held> before = new LinkedHashMap<>();
        for (Part part : parts) { // one that does not answer is found out before anything is touched
            Held held = part.hold();
            if (!held.shares().equals(to)) {
                before.put(part, held);
            }
        }
        List<Part> touched = new ArrayList<>();
        boolean isTold = false;
        try {
            for (Map.Entry<Part, Held> part : before.entrySet()) {
                touched.add(0, part.getKey());
                part.getValue().move(to);
            }
            isTold = true;
            for (Part part : before.keySet()) {
                awaitIn(part, to, start, timeout, time);
            }
        } catch (InterruptedException | ConsulException.Interrupted e) {
            Thread.interrupted(); // nobody can be told anything by a thread that is interrupted still
            String left = isTold ? "" : restore(touched, before::get);
            throw (InterruptedException) new InterruptedException("interrupted while traffic was moved (" + to + "). "
                            + (!left.isEmpty() ? left : isTold ? "It was moved." : "It was not moved."))
                    .initCause(e);
        } catch (RuntimeException e) {
            String left = restore(touched, before::get);
            String state = !left.isEmpty()
                    ? left
                    : parts.size() == 1
                            ? "It was moved back to "
                                    + before.get(touched.get(0)).shares() + "."
                            : "All are as they were before: " + names(parts) + ".";
            throw new FleetException("could not move traffic (" + to + "): " + e.getMessage() + ". " + state, e);
        }
    }

    /**
     * Moves each that is not there yet, whatever becomes of the others, and waits until each says that it is.
     *
     * @throws FleetException       naming those that refused, did not answer, or did not do it within the timeout
     * @throws InterruptedException with those that were told doing as they were told
     */
    static void moveBack(List<? extends Part> parts, Color color, Duration timeout, TimeSource time)
            throws InterruptedException {
        long start = time.nanoTime();
        Shares to = Shares.all(color);
        List<Part> told = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Part part : parts) {
            collect(failures, () -> {
                Held held = part.hold();
                if (!held.shares().equals(to)) {
                    held.move(to);
                }
                told.add(part);
            });
        }
        List<Part> there = new ArrayList<>();
        for (Part part : told) {
            collect(failures, () -> {
                awaitIn(part, to, start, timeout, time);
                there.add(part);
            });
        }
        if (!failures.isEmpty()) {
            throw new FleetException(
                    String.join("; ", failures) + ". It is " + to + " at " + (there.isEmpty() ? "none" : names(there)));
        }
    }

    // Private

    private interface Step {
        void take() throws InterruptedException;
    }

    private static void collect(List<String> failures, Step step) throws InterruptedException {
        try {
            step.take();
        } catch (ConsulException.Interrupted e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (RuntimeException e) {
            failures.add(e.getMessage());
        }
    }

    private static String names(List<? extends Part> parts) {
        return parts.stream().map(Part::name).collect(Collectors.joining(", "));
    }

    private static void awaitIn(Part part, Shares to, long start, Duration timeout, TimeSource time)
            throws InterruptedException {
        while (true) {
            Shares now = part.hold().shares();
            if (now.equals(to)) {
                return;
            }
            if (time.since(start).compareTo(timeout) >= 0) {
                throw new FleetException(part.name() + " was told to send " + to + ", took it, and says after "
                        + time.since(start).toMillis() + " ms: " + now
                        + ". Find out whether somebody else changes it, and move it again");
            }
            time.sleep(ASK_AGAIN);
        }
    }

    /** @return what could not be restored, as a sentence; empty when all was */
    private static String restore(List<Part> touched, Function<Part, Held> before) {
        List<String> failures = new ArrayList<>();
        for (Part part : touched) {
            try {
                before.apply(part).restore();
            } catch (InterruptedException e) { // again; the others are to be restored all the same
                failures.add(failure(part, before.apply(part), "interrupted"));
            } catch (RuntimeException e) {
                failures.add(failure(part, before.apply(part), e.getMessage()));
            }
        }
        return String.join(" ", failures);
    }

    private static String failure(Part part, Held before, String why) {
        return part.name() + " could NOT be moved back to '" + before.shares() + "' (" + why
                + "): look at it, and move all traffic to one color.";
    }
}
