package io.jenkins.plugins.consuldeploy.bluegreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Of a switch whose colors are deployed by a build's own steps, which nobody else can run. */
public class WorkDriverTest {

    private static final SwitchWork NONE = new SwitchWork(Optional.empty(), Optional.empty(), Optional.empty());

    private final FakeColors colors = new FakeColors(Optional.of(Color.BLUE));
    private final Consul consul = ConsulProcess.shared().client();
    private final SwitchPolicy policy = FakeColors.policy(List.of(50, 100), Optional.empty());
    private BlueGreenSwitch release;

    @Before
    public void begin() throws Exception {
        String app = ConsulProcess.uniquePrefix("app");
        release = new Switches(
                        consul,
                        new ReleaseKeys("test-driver"),
                        new Caller("job shop", "shop#7"),
                        text -> colors.spec(app, policy),
                        Duration.ZERO)
                .start(colors.spec(app, policy), SwitchOptions.DEFAULT, colors.listener());
    }

    @After
    public void close() {
        release.close();
        consul.close();
    }

    @Test
    public void workThatNobodyHereCanDoLeavesTheSwitchAsItIsAndNamesTheBuildThatCan() throws Exception {
        assertThatThrownBy(() -> WorkDriver.checkKnown(release.head(), NONE))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("deploying is still to be done, and nothing here says how")
                .hasMessageContaining("shop#7 (job shop)")
                .hasMessageContaining("consul-deploy switch FILE --resume " + release.id())
                .hasMessageContaining("consul-deploy resume " + release.id() + " --abort");
        assertThatThrownBy(() -> WorkDriver.run(release, NONE))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("deploying is still to be done");
        assertThat(release.isOver()).isFalse();
        assertThat(colors.acts()).isEmpty();

        assertThat(WorkDriver.run(release, colors.work()).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    public void whatIsDoneAlreadyNeedsNobody() throws Exception {
        WorkDriver.runUntil(release, colors.work(), Set.of(SwitchPhase.VERIFYING));
        SwitchWork verifies = new SwitchWork(Optional.empty(), colors.work().verify(), Optional.empty());
        assertThatCode(() -> WorkDriver.checkKnown(release.head(), verifies)).doesNotThrowAnyException();
        assertThatThrownBy(() -> WorkDriver.checkKnown(release.head(), NONE))
                .hasMessageContaining("verifying is still to be done");

        assertThat(WorkDriver.run(release, verifies).state()).isEqualTo(State.SUCCEEDED);
        ReleaseHead over = release.head();
        assertThatCode(() -> WorkDriver.checkKnown(over, NONE)).doesNotThrowAnyException();
    }
}
