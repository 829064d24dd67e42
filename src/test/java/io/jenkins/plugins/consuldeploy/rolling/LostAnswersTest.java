package io.jenkins.plugins.consuldeploy.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul;
import io.jenkins.plugins.consuldeploy.consul.ScriptedConsul.Reply;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.rolling.RollingPolicy.OnHostFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

/** Consul takes a write and its answer gets lost, or the connection breaks before: at each write of a release. */
public class LostAnswersTest {

    private static final ReleaseKeys KEYS = new ReleaseKeys("test-releases");
    private static final RollingPolicy POLICY = FakeFleet.policy("2", OnHostFailure.STOP, 0);

    @Test
    public void aWriteWhoseAnswerGotLostIsTakenForWritten() throws Exception {
        int writes = releaseWith(ScriptedConsul.PASS, 0);
        for (int at = 1; at <= writes; at++) {
            releaseWith(ScriptedConsul.LOSE_THE_ANSWER, at);
        }
        System.out.println("answers lost: at each of " + writes + " writes");
    }

    // Private

    /** Runs a release, and lets this happen to one of its transactions. */
    private static int releaseWith(Reply fault, int at) throws Exception {
        AtomicInteger writes = new AtomicInteger();
        String app = ConsulProcess.uniquePrefix("lossy");
        FakeFleet fleet = new FakeFleet(3);
        fleet.watch(2, 1);
        try (ScriptedConsul lossy = ScriptedConsul.before(
                        ConsulProcess.shared(),
                        request -> request.path().equals("/v1/txn") && writes.incrementAndGet() == at
                                ? fault
                                : ScriptedConsul.PASS);
                Consul consul = new Consul(lossy.config())) {
            Releases releases = new Releases(
                    consul, KEYS, new Caller("test", "build 1"), text -> fleet.spec(app, POLICY), Duration.ZERO);
            Outcome outcome;
            try (RollingRelease release =
                    releases.start(fleet.spec(app, POLICY), Releases.IfDead.REFUSE, fleet.listener())) {
                outcome = UpdateDriver.run(release, fleet.update(), Duration.ofSeconds(5));
            }
            assertThat(outcome.state()).as("at write %d", at).isEqualTo(State.SUCCEEDED);
            assertThat(fleet.acts().stream().filter(act -> act.contains("update")))
                    .hasSize(3);
            assertThat(fleet.brokenPromises()).isEmpty();
            assertThat(fleet.outOfService()).isEmpty();
            assertThat(Journal.releases(consul, KEYS, app)).hasSize(1);
        }
        return writes.get();
    }
}
