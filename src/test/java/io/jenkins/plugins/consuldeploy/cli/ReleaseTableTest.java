package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.bluegreen.Stage;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchPhase;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import io.jenkins.plugins.consuldeploy.rolling.HostPhase;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import io.jenkins.plugins.consuldeploy.traffic.Color;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.Test;

/** What a terminal shows of a release in the end. */
public class ReleaseTableTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ReleaseTable table = new ReleaseTable(
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            new Terminal(new Terminal.Size(80, 24), false),
            TimeSource.system());

    @Test
    public void everyHostIsThereWithItsPhaseAndFailuresStayAboveTheTable() {
        List<Host> hosts = hosts("a", "b", "c", "d");
        table.began("r1", hosts, 4);
        table.stands(hosts.get(0), HostPhase.IN_SERVICE);
        went(hosts.get(1), HostPhase.WAITING, HostPhase.DRAINING, Optional.empty());
        table.output("b", "restarting");
        went(hosts.get(1), HostPhase.CHECKING, HostPhase.FAILED, Optional.of("does not answer"));
        went(hosts.get(2), HostPhase.WAITING, HostPhase.DRAINING, Optional.empty());
        table.note("pausing");
        table.close();

        assertThat(Screen.after(bytes))
                .usingElementComparator((shown, expected) -> shown.matches(expected) ? 0 : 1)
                .containsExactly(
                        "release r1: 4 hosts in 4 batches",
                        "b \\| restarting",
                        "b: checking -> failed \\(20ms\\): does not answer",
                        "pausing",
                        "r1  \\[#+\\.+\\]  1 of 4 in service, 1 failed  \\S+",
                        "  a  in service",
                        "  b  failed      \\S+",
                        "  c  draining    \\S+",
                        "  d  waiting");
    }

    @Test
    public void aThousandHostsDoNotScroll() {
        List<Host> hosts = hosts(
                Stream.iterate(0, i -> i + 1).limit(1000).map(i -> "h" + i).toArray(String[]::new));
        table.began("r1", hosts, 1000);
        for (Host host : hosts.subList(0, 500)) {
            went(host, HostPhase.RETURNING, HostPhase.IN_SERVICE, Optional.empty());
        }
        went(hosts.get(700), HostPhase.WAITING, HostPhase.UPDATING, Optional.empty());
        table.close();

        assertThat(Screen.after(bytes))
                .hasSizeLessThanOrEqualTo(25)
                .anyMatch(line -> line.contains("500 of 1000 in service"))
                .anyMatch(line -> line.matches("  h700 +updating.*"))
                .last()
                .isEqualTo("  ... 480 more of later batches, 500 more in service");
    }

    @Test
    public void everyStageOfASwitchIsThereAndWhyItEndedStaysAboveTheTable() {
        Stage checking = new Stage(SwitchPhase.CHECKING, 0);
        Stage moving = new Stage(SwitchPhase.MOVING, 50);
        Stage baking = new Stage(SwitchPhase.BAKING, 50);
        Stage soaking = new Stage(SwitchPhase.SOAKING, 0);
        table.began("s1", Optional.of(Color.BLUE), Color.GREEN, List.of(checking, moving, baking, soaking), 1);
        table.passed(moving, Optional.of(baking), Duration.ofMillis(20), Optional.empty());
        table.stopped(baking, "7 of 20 visits failed");
        table.movingBack(Color.BLUE);
        table.close();

        assertThat(Screen.after(bytes))
                .usingElementComparator((shown, expected) -> shown.matches(expected) ? 0 : 1)
                .containsExactly(
                        "switch s1: blue -> green, 4 stages, 1 of them done",
                        "baking 50% ended: 7 of 20 visits failed",
                        "moving all traffic back to blue",
                        "s1  \\[#+\\.+\\]  2 of 4 done, 1 failed  \\S+",
                        "  checking +done",
                        "  moving 50% +done +\\S+",
                        "  baking 50% +ended +\\S+",
                        "  soaking +waiting");
    }

    private void went(Host host, HostPhase from, HostPhase to, Optional<String> detail) {
        table.went(host, from, to, Duration.ofMillis(20), detail);
    }

    private static List<Host> hosts(String... names) {
        return Stream.of(names).map(HostList::at).toList();
    }
}
