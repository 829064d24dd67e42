package io.jenkins.plugins.consuldeploy.journal;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.Settler.IfDead;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where releases of every kind begin and are gone on with: each has an id, has its application's lock until it is
 * closed, and finds what dead ones left.
 */
public final class ReleaseRegister {

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Consul consul;
    private final ReleaseKeys keys;
    private final Caller caller;
    private final Duration lockDelay;
    private final List<Settler> settlers = new ArrayList<>();

    /** @param lockDelay {@link ReleaseLock#LOCK_DELAY}; zero only where no holder can still be alive: in tests */
    public ReleaseRegister(Consul consul, ReleaseKeys keys, Caller caller, Duration lockDelay) {
        this.consul = consul;
        this.keys = keys;
        this.caller = caller;
        this.lockDelay = lockDelay;
    }

    /** What is left behind of this kind is put in order too. */
    public void add(Settler settler) {
        settlers.add(settler);
    }

    /** Makes a release of what is in Consul, with the application's lock. */
    @FunctionalInterface
    public interface Opening<R> {

        /** @param earlier the application's releases, the newest first, as they were before any was put in order */
        R open(Lock lock, List<ReleaseHead> earlier) throws LeftBehindException, InterruptedException;
    }

    /**
     * Begins one: what earlier ones left behind is put in order before it is opened.
     *
     * @throws LockHeldException   naming who releases this application now
     * @throws LeftBehindException with {@link IfDead#REFUSE}, or where nobody here knows the kind of what was left
     */
    public <R> R start(String app, String id, IfDead ifDead, ReleaseListener listener, Opening<R> opening)
            throws LockHeldException, LeftBehindException, InterruptedException {
        Lock lock = lock(app, id, Optional.empty(), Duration.ZERO, listener);
        return closedOnFailure(lock, () -> {
            List<ReleaseHead> earlier = Journal.releases(consul, keys, app);
            settle(earlier, ifDead, lock, listener);
            return opening.open(lock, earlier);
        });
    }

    /**
     * Goes on with one.
     *
     * @param former   the session of the caller's earlier run that died, if it knows it
     * @param patience how long to wait for a holder that may be dead, which is said; see
     *                 {@link ReleaseLock#DEAD_HOLDER_LIMIT}
     */
    public <R> R resume(
            ReleaseHead found, Optional<String> former, Duration patience, ReleaseListener listener, Opening<R> opening)
            throws LockHeldException, InterruptedException {
        Lock lock = lock(found.app(), found.id(), former, patience, listener);
        try {
            return closedOnFailure(lock, () -> opening.open(lock, List.of()));
        } catch (LeftBehindException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new one. */
    public String newId() {
        return ID.format(consul.time().now()) + "-"
                + String.format("%08x", (long) (consul.time().random() * 0x1_0000_0000L));
    }

    /**
     * The release with this id, of whichever application.
     *
     * @throws BadInputException when there is none, or it is of another kind
     */
    public ReleaseHead find(String id, String kind) {
        ReleaseHead found = Journal.find(consul, keys, id).orElseThrow(() -> noSuch(id));
        if (!found.kind().equals(kind)) {
            throw new BadInputException(
                    "release",
                    id,
                    "it is a " + found.kind() + " of " + found.app()
                            + (kind.equals(ReleaseHead.SWITCH) ? ", no switch" : ", no rolling release"));
        }
        return found;
    }

    /**
     * Opens its record.
     *
     * @throws BadInputException when it is gone
     */
    public Journal open(ReleaseHead found, Lock lock) {
        return Journal.open(consul, keys, lock, found.app(), found.id()).orElseThrow(() -> noSuch(found.id()));
    }

    /** Those of these that a start would put in order. */
    public List<ReleaseHead> left(List<ReleaseHead> earlier) {
        return earlier.stream().filter(this::isLeft).toList();
    }

    /** @throws BadInputException when words are of another application than the release that they are to be for */
    public static void checkSame(ReleaseHead found, String app) {
        if (!app.equals(found.app())) {
            throw new BadInputException(
                    "app",
                    app,
                    "the " + found.noun() + " " + found.id() + " is one of " + found.app() + "; give its words");
        }
    }

    // Private

    private interface Opened<R> {
        R open() throws LeftBehindException, InterruptedException;
    }

    private static <R> R closedOnFailure(Lock lock, Opened<R> opening)
            throws LeftBehindException, InterruptedException {
        boolean open = false;
        try {
            R release = opening.open();
            open = true;
            return release;
        } finally {
            if (!open) {
                lock.close();
            }
        }
    }

    private Lock lock(String app, String id, Optional<String> former, Duration patience, ReleaseListener listener)
            throws LockHeldException, InterruptedException {
        Holder holder = new Holder(
                caller.who(), caller.build(), "release " + id, consul.time().now());
        return ReleaseLock.take(
                consul,
                keys,
                app,
                holder,
                former,
                lockDelay,
                patience,
                other -> listener.note("waiting up to " + Durations.show(patience) + " for " + other
                        + ", which has the lock and may be dead"));
    }

    private static BadInputException noSuch(String id) {
        return new BadInputException("release", id, "there is none on record; 'consul-deploy releases' lists them");
    }

    private boolean isLeft(ReleaseHead head) {
        return settler(head)
                .map(settler -> settler.wantsSettling(head))
                .orElse(!head.state().isOver());
    }

    private Optional<Settler> settler(ReleaseHead head) {
        return settlers.stream()
                .filter(settler -> settler.kind().equals(head.kind()))
                .findFirst();
    }

    private void settle(List<ReleaseHead> earlier, IfDead ifDead, Lock lock, ReleaseListener listener)
            throws LeftBehindException, InterruptedException {
        for (ReleaseHead head : left(earlier)) {
            Optional<Settler> settler = settler(head);
            if (settler.isEmpty() || ifDead == IfDead.REFUSE && !head.state().isOver()) {
                throw new LeftBehindException(head);
            }
            Optional<Journal> journal = Journal.open(consul, keys, lock, head.app(), head.id());
            if (journal.isPresent()) {
                listener.note("the " + head.noun() + " " + head.id() + " of " + head.who() + " (" + head.build()
                        + ") was left " + head.state().word() + ": putting it in order first");
                String why = "left by its holder, put in order by " + caller.who() + " (" + caller.build() + ")";
                settler.get().settle(journal.get(), lock, why, listener);
            }
        }
    }
}
