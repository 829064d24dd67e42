package io.jenkins.plugins.consuldeploy.bluegreen;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.ReleaseListener;
import io.jenkins.plugins.consuldeploy.journal.ReleaseLock;
import io.jenkins.plugins.consuldeploy.journal.ReleaseRegister;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts switches, and goes on with those that somebody left. Whoever starts one holds its application's lock until the
 * switch is closed: the same one that a rolling release of this application takes.
 */
public final class Switches implements Settler {

    /** The {@link ReleaseHead#kind()} of a switch. */
    public static final String KIND = ReleaseHead.SWITCH;

    private final Consul consul;
    private final ReleaseKeys keys;
    private final Caller caller;
    private final SwitchSpec.Reader reader;
    private final ReleaseRegister register;

    public Switches(Consul consul, ReleaseKeys keys, Caller caller, SwitchSpec.Reader reader) {
        this(consul, keys, caller, reader, ReleaseLock.LOCK_DELAY);
    }

    /** @param lockDelay zero only where no holder can still be alive: in tests */
    Switches(Consul consul, ReleaseKeys keys, Caller caller, SwitchSpec.Reader reader, Duration lockDelay) {
        this.consul = consul;
        this.keys = keys;
        this.caller = caller;
        this.reader = reader;
        this.register = new ReleaseRegister(consul, keys, caller, lockDelay);
        register.add(this);
    }

    /** What is left behind of another kind is put in order by this one; without it, a start refuses there. */
    public Switches alsoSettling(Settler other) {
        register.add(other);
        return this;
    }

    /**
     * Starts a switch to the idle color: finds out which color is live, and puts it on record. No traffic is moved yet, but
     * what a dead release or switch left is put in order. Where the live color has this version already, the switch is over
     * at once, and has succeeded; {@link SwitchOptions#force} deploys it to the other one all the same.
     *
     * @throws BadInputException   where traffic and the last record differ, and in other cases that are to be decided by
     *                             whoever asks; nothing was touched then
     * @throws LockHeldException   naming who releases this application now
     * @throws LeftBehindException only with {@link IfDead#REFUSE}
     */
    public BlueGreenSwitch start(SwitchSpec spec, SwitchOptions options, SwitchListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        return start(spec, options, false, listener);
    }

    /**
     * Starts the way back: all traffic to the color that was live before, in one move, checked first unless forced. Where
     * a dead switch was in the middle of its moves, to put that in order is the way back, and it is over at once.
     *
     * @throws BadInputException also where no color is live, or the other one was stopped, never passed its checks, or was
     *                           moved back from
     */
    public BlueGreenSwitch back(SwitchSpec spec, SwitchOptions options, SwitchListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        return start(spec, options, true, listener);
    }

    /**
     * Goes on with a switch from its record.
     *
     * @param former     the session of the caller's earlier run that died, if it knows it
     * @param patience   how long to wait for a holder that may be dead, which is said; see
     *                   {@link ReleaseLock#DEAD_HOLDER_LIMIT}
     * @param otherWords replace those on record; the course stays as it is on record
     * @throws BadInputException when there is no such switch, it is of another kind, or the words are of another application
     */
    public BlueGreenSwitch resume(
            String id,
            Optional<String> former,
            Duration patience,
            Optional<SwitchSpec> otherWords,
            SwitchListener listener)
            throws LockHeldException, InterruptedException {
        ReleaseHead found = find(id);
        otherWords.ifPresent(words -> ReleaseRegister.checkSame(found, words.app()));
        return register.resume(found, former, patience, listener, (lock, earlier) -> {
            Journal journal = register.open(found, lock);
            boolean isOver = journal.head().state().isOver();
            if (!isOver) {
                otherWords.ifPresent(words -> journal.write(journal.head().withSpec(words.text())));
            }
            SwitchSpec spec = otherWords.orElseGet(() -> reader.read(found.spec()));
            BlueGreenSwitch release = new BlueGreenSwitch(consul, spec, lock, journal, false, listener);
            release.introduce();
            if (!isOver) {
                release.tell(ReleaseEvent.Kind.RESUMED);
            }
            return release;
        });
    }

    /** Every call that a switch would make, in order, as sentences. It asks, and touches nothing. */
    public List<String> plan(SwitchSpec spec, SwitchOptions options, boolean back, SwitchWork work)
            throws InterruptedException {
        List<ReleaseHead> earlier = Journal.releases(consul, keys, spec.app());
        List<ReleaseHead> left = register.left(earlier);
        return SwitchPlan.of(spec, left, beginning(spec, options, earlier, left).state(back), work);
    }

    /**
     * The switch with this id, of whichever application.
     *
     * @throws BadInputException when there is none, or it is of another kind
     */
    public ReleaseHead find(String id) {
        return register.find(id, KIND);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean wantsSettling(ReleaseHead head) {
        return !head.state().isOver();
    }

    @Override
    public void settle(Journal journal, Lock lock, String why, ReleaseListener listener) throws InterruptedException {
        SwitchSpec spec = reader.read(journal.head().spec());
        new BlueGreenSwitch(consul, spec, lock, journal, false, SwitchListener.of(listener)).abort(why);
    }

    // Private

    private BlueGreenSwitch start(SwitchSpec spec, SwitchOptions options, boolean back, SwitchListener listener)
            throws LockHeldException, LeftBehindException, InterruptedException {
        checkWeights(spec);
        String id = register.newId();
        return register.start(spec.app(), id, options.ifDead(), listener, (lock, earlier) -> {
            // Anew, for what was left behind has been put in order meanwhile.
            List<ReleaseHead> now = Journal.releases(consul, keys, spec.app());
            SwitchState state =
                    beginning(spec, options, now, register.left(earlier)).state(back);
            Journal journal = Journal.begin(consul, keys, lock, head(id, spec, state), Map.of());
            BlueGreenSwitch release = new BlueGreenSwitch(consul, spec, lock, journal, true, listener);
            release.introduce();
            release.tell(ReleaseEvent.Kind.STARTED);
            return release;
        });
    }

    private static void checkWeights(SwitchSpec spec) {
        if (spec.policy().weights().size() > 1) {
            spec.traffic().whyNoWeights().ifPresent(why -> {
                throw new BadInputException(
                        "weights",
                        spec.policy().weights().toString(),
                        why + ". Leave the word out: all traffic moves at once then");
            });
        }
    }

    /** @param left which were, or are still to be, put in order first */
    private Beginning beginning(
            SwitchSpec spec, SwitchOptions options, List<ReleaseHead> releases, List<ReleaseHead> left)
            throws InterruptedException {
        Optional<ReleaseHead> last =
                releases.stream().filter(head -> head.kind().equals(KIND)).findFirst();
        Optional<Color> recorded =
                last.flatMap(head -> SwitchState.parse(head.progress()).live());
        boolean isInOrder = last.map(head -> head.state().isOver()).orElse(true);
        Live live = isInOrder
                ? Live.find(spec.traffic().name(), spec.traffic().read(), recorded, options.liveIs())
                : new Live(recorded, false); // what it will be then
        boolean wasBroughtBack =
                left.stream().anyMatch(head -> head.kind().equals(KIND) && Beginning.isBroughtBack(head));
        return new Beginning(
                spec, options.force(), live, last, wasBroughtBack, consul.time().now());
    }

    private ReleaseHead head(String id, SwitchSpec spec, SwitchState state) {
        return new ReleaseHead(
                id,
                spec.app(),
                KIND,
                ReleaseHead.State.RUNNING,
                caller.who(),
                caller.build(),
                consul.time().now(),
                Optional.empty(),
                state.back() ? state.version(state.to()).version() : spec.version(),
                Optional.empty(),
                0,
                state.course().size(),
                spec.text(),
                state.toJson());
    }
}
