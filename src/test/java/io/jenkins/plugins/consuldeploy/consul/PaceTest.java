package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class PaceTest {

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration HALF = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();

    @Test
    public void unlimitedNeverPauses() {
        assertThat(Pace.unlimited().after(true, AT_ONCE)).isZero();
        assertThat(Pace.unlimited().after(false, AT_ONCE)).isZero();
    }

    @Test
    public void everyPausesAfterEachAnswer() {
        Pace pace = Pace.every(Duration.ofMillis(100));
        assertThat(pace.after(true, Duration.ofSeconds(20))).hasMillis(100);
        assertThat(pace.after(true, AT_ONCE)).hasMillis(100);
        assertThat(pace.after(false, AT_ONCE)).hasMillis(100);
    }

    @Test
    public void backingOffDoublesWhileWakesBringNothingUpToTheLongest() {
        Pace pace = Pace.backingOff(HALF, LONGEST, time);
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pauses.add(pace.after(false, AT_ONCE).toMillis());
        }
        assertThat(pauses).containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L, 30_000L);
    }

    @Test
    public void backingOffHearsAtOnceAfterSomethingNew() {
        Pace pace = Pace.backingOff(HALF, LONGEST, time);
        pace.after(false, AT_ONCE);
        pace.after(false, AT_ONCE);

        assertThat(pace.after(true, AT_ONCE)).isZero();
        assertThat(pace.after(false, AT_ONCE)).isEqualTo(HALF);
    }

    @Test
    public void backingOffStartsAnewWhenItWasQuietForLongerThanThePause() {
        Pace pace = Pace.backingOff(HALF, LONGEST, time);
        pace.after(false, AT_ONCE);
        pace.after(false, AT_ONCE);
        assertThat(pace.after(false, AT_ONCE)).hasSeconds(2);

        assertThat(pace.after(false, Duration.ofMillis(2400))).hasSeconds(4);
        assertThat(pace.after(false, Duration.ofMillis(4600))).isEqualTo(HALF);
    }

    @Test
    public void backingOffIsJitteredSoThatAFleetDoesNotAskInStep() {
        Pace pace = Pace.backingOff(HALF, LONGEST, time);
        time.setRandom(0);
        assertThat(pace.after(false, AT_ONCE)).hasMillis(375);
        pace.after(true, AT_ONCE);
        time.setRandom(0.999_999);
        assertThat(pace.after(false, AT_ONCE)).isBetween(Duration.ofMillis(624), Duration.ofMillis(625));
    }
}
