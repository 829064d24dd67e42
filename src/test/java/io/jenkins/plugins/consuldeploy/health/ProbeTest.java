package io.jenkins.plugins.consuldeploy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.HostList;
import io.jenkins.plugins.consuldeploy.health.HealthCheck.Result;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class ProbeTest {

    private final FakeTime time = new FakeTime();
    private final List<Duration> asked = new ArrayList<>();

    @Test
    public void aHostIsHealthyAfterAsManySuccessesInARowAsAreAskedFor() throws Exception {
        Probe probe = probe("-+-++", 60, 2);

        assertThat(probe.await(HostList.at("app1"))).isEqualTo(Result.healthy("try 5"));
        assertThat(asked).containsExactly(seconds(0), seconds(1), seconds(2), seconds(3), seconds(4));
        assertThat(probe.describe()).isEqualTo("what the script says, 2 times in a row");
    }

    @Test
    public void afterTheDeadlineTheLastAnswerIsTold() throws Exception {
        assertThat(probe("----", 3, 1).await(HostList.at("app1")))
                .isEqualTo(Result.unhealthy("not healthy after 3.0 s and 4 tries; the last said: try 4"));
        asked.clear();
        assertThat(probe("--++++", 3, 3).await(HostList.at("app1")))
                .isEqualTo(Result.unhealthy(
                        "not healthy after 3.0 s and 4 tries," + " 2 of 3 successes in a row; the last said: try 4"));
    }

    @Test
    public void theLastTryIsAtTheDeadlineEvenWhereTheIntervalIsLonger() throws Exception {
        Probe probe = new Probe(script("-+"), new Patience(seconds(2), seconds(10), 1), time);

        assertThat(probe.await(HostList.at("app1"))).isEqualTo(Result.healthy("try 2"));
        assertThat(asked).containsExactly(seconds(0), seconds(2));
    }

    @Test
    public void aHostThatWasWellIsNotWaitedFor() throws Exception {
        assertThat(probe("--+", 60, 1).again(HostList.at("app1"))).isEqualTo(Result.healthy("try 3"));
        asked.clear();
        assertThat(probe("---+", 60, 1).again(HostList.at("app1")))
                .isEqualTo(Result.unhealthy("not healthy after 2.0 s and 3 tries; the last said: try 3"));
        asked.clear();
        assertThat(probe("-+-+-+++", 60, 2).again(HostList.at("app1")).healthy())
                .isFalse();
    }

    @Test
    public void patienceHasToMakeSense() {
        assertThatThrownBy(() -> new Patience(Duration.ZERO, seconds(1), 1)).hasMessageContaining("deadline");
        assertThatThrownBy(() -> new Patience(seconds(1), Duration.ZERO, 1)).hasMessageContaining("interval");
        assertThatThrownBy(() -> new Patience(seconds(1), seconds(1), 0)).hasMessageContaining("successes");
    }

    private Probe probe(String answers, int deadline, int successes) {
        return new Probe(script(answers), new Patience(seconds(deadline), seconds(1), successes), time);
    }

    private HealthCheck script(String answers) {
        return new HealthCheck() {
            @Override
            public Result check(Host host) {
                asked.add(Duration.ofNanos(time.nanos));
                String detail = "try " + asked.size();
                return answers.charAt(asked.size() - 1) == '+' ? Result.healthy(detail) : Result.unhealthy(detail);
            }

            @Override
            public String describe() {
                return "what the script says";
            }
        };
    }

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }

    /** Passes only while somebody sleeps. */
    private static final class FakeTime implements TimeSource {
        private long nanos;

        @Override
        public Instant now() {
            return Instant.ofEpochSecond(0, nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void sleep(Duration duration) {
            nanos += duration.toNanos();
        }

        @Override
        public double random() {
            return 0.5;
        }
    }
}
