package io.jenkins.plugins.consuldeploy.rolling;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Suspension;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is kept still around a release: on record before it is done, and resumed by whoever finds the record. */
final class Suspensions {

    private final Map<String, Suspension> byName = new TreeMap<>();
    private final ReleaseRecord record;
    private final RollingListener listener;
    private boolean done;

    Suspensions(List<Suspension> suspensions, ReleaseRecord record, RollingListener listener) {
        suspensions.forEach(suspension -> byName.put(suspension.name(), suspension));
        this.record = record;
        this.listener = listener;
    }

    /** Suspends what runs, and only that. Repeated after a crash, it suspends what is on record, whatever runs by now. */
    void suspend() throws InterruptedException {
        if (done) {
            return;
        }
        if (!record.hasSuspended()) {
            Map<String, List<String>> running = new TreeMap<>();
            for (Suspension suspension : byName.values()) {
                List<String> items = suspension.toSuspend();
                if (!items.isEmpty()) {
                    running.put(suspension.name(), items);
                }
            }
            record.suspended(running);
        }
        for (Map.Entry<String, List<String>> entry : record.suspended().entrySet()) {
            record.checkOurs();
            find(entry.getKey()).suspend(entry.getValue());
        }
        done = true;
    }

    /**
     * Resumes what this release suspended. What can't be resumed stays on record, for the next release to try, and is
     * said.
     *
     * @return whether all of it was
     */
    boolean resume() throws InterruptedException {
        Map<String, List<String>> left = new TreeMap<>(record.suspended());
        for (Map.Entry<String, List<String>> entry : record.suspended().entrySet()) {
            try {
                record.checkOurs();
                find(entry.getKey()).resume(entry.getValue());
                left.remove(entry.getKey());
                record.suspended(left);
            } catch (FleetException e) {
                listener.note("could not resume " + String.join(", ", entry.getValue()) + " of " + entry.getKey() + ": "
                        + e.getMessage() + ". Resume them by hand, or start the next release, which tries again");
            }
        }
        return left.isEmpty();
    }

    private Suspension find(String name) {
        Suspension found = byName.get(name);
        if (found == null) {
            throw new FleetException("the record knows the suspension " + name + ", and this release has "
                    + byName.keySet() + ": resume it with what it was started with");
        }
        return found;
    }
}
