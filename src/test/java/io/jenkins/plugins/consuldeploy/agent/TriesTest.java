package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.time.ManualTime;
import java.time.Duration;
import org.junit.Test;

public class TriesTest {

    private static final Version V1 = new Version("v1");
    private static final Version V2 = new Version("v2");
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTime time = new ManualTime();
    private final Tries tries = new Tries(time, new Tries.Pauses(Duration.ofSeconds(5), Duration.ofSeconds(30)));

    @Test
    public void pausesDoubleUpToTheLongest() {
        assertThat(tries.failed(V1, 1)).hasSeconds(5);
        assertThat(tries.failed(V1, 2)).hasSeconds(10);
        assertThat(tries.failed(V1, 3)).hasSeconds(20);
        assertThat(tries.failed(V1, 4)).hasSeconds(30);
        assertThat(tries.failed(V1, 99)).hasSeconds(30);
    }

    @Test
    public void theNextTryIsWhenTheShortestPauseIsOver() {
        assertThat(tries.untilNext(HOUR)).isEqualTo(HOUR);
        tries.failed(V1, 2);
        tries.failed(V2, 1);
        assertThat(tries.untilNext(HOUR)).hasSeconds(5);
        assertThat(tries.untilNext(Duration.ofSeconds(1))).hasSeconds(1);
        assertThat(tries.isDue(V2)).isFalse();
        tries.forget(V2);
        assertThat(tries.untilNext(HOUR)).hasSeconds(10);
        assertThat(tries.isDue(V2)).isTrue();
    }

    /** Such as while it was said to a slow Consul that it failed. */
    @Test
    public void aPauseThatEndedBeforeTheRestBeganIsNotSleptThrough() {
        tries.failed(V1, 1);
        tries.failed(V2, 2);
        assertThat(tries.isDue(V1)).isFalse();

        time.advance(Duration.ofSeconds(7));

        assertThat(tries.untilNext(HOUR)).isZero();
        assertThat(tries.isDue(V1)).isTrue();
        assertThat(tries.untilNext(HOUR)).as("nobody wanted it").hasSeconds(3);
        assertThat(tries.isDue(V1)).isTrue();
    }
}
