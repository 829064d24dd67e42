package io.jenkins.plugins.consuldeploy.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.Test;

public class ReleaseEventTest {

    @Test
    public void eachKindHasItsWords() {
        List<String> headlines = new ArrayList<>();
        for (ReleaseEvent.Kind kind : ReleaseEvent.Kind.values()) {
            headlines.add(
                    kind == ReleaseEvent.Kind.HOST_FAILED
                            ? Events.hostFailed("app3", "why").headline()
                            : Events.of(kind).headline());
        }

        assertThat(headlines)
                .containsExactly(
                        "web v7: release started",
                        "web v7: release resumed",
                        "web v7: host app3 failed",
                        "web v7: released in 2 min 5 s",
                        "web v7: release failed after 2 min 5 s",
                        "web v7: release rolled back after 2 min 5 s",
                        "web v7: release aborted after 2 min 5 s");
    }

    @Test
    public void aSentenceHasTheReasonTheReleaseAndWho() {
        assertThat(Events.hostFailed("app3", "HTTP 503").sentence())
                .isEqualTo("web v7: host app3 failed: HTTP 503 (release r-1 by deploy #12 by alice)");
    }

    @Test
    public void durationsAreAsPeopleSayThem() {
        assertThat(lasting(Duration.ofMillis(400))).isEqualTo("0.4 s");
        assertThat(lasting(Duration.ofSeconds(60))).isEqualTo("1 min 0 s");
        assertThat(lasting(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    }

    @Test
    public void theLogGetsTroubleAsAWarning() {
        List<String> lines = new ArrayList<>();
        LogChannel channel = new LogChannel((level, line) -> lines.add(level + " " + line));

        channel.deliver(Events.of(ReleaseEvent.Kind.STARTED));
        channel.deliver(Events.hostFailed("app3", "HTTP 503"));

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith(Level.INFO + " web v7: release started");
        assertThat(lines.get(1)).startsWith(Level.WARNING + " web v7: host app3 failed: HTTP 503");
        assertThat(channel.describe()).isEqualTo("the log");
    }

    private static String lasting(Duration elapsed) {
        return new ReleaseEvent(
                        ReleaseEvent.Kind.SUCCEEDED,
                        "web",
                        "r-1",
                        Optional.empty(),
                        "alice",
                        Events.AT,
                        elapsed,
                        Optional.empty(),
                        Optional.empty())
                .duration();
    }
}
