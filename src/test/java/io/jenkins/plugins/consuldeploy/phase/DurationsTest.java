package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class DurationsTest {

    @Test
    public void durationsAreReadAsPeopleWriteThem() {
        Map<String, Duration> table = Map.ofEntries(
                Map.entry("500ms", Duration.ofMillis(500)),
                Map.entry("30s", Duration.ofSeconds(30)),
                Map.entry("10m", Duration.ofMinutes(10)),
                Map.entry("2h", Duration.ofHours(2)),
                Map.entry("1m30s", Duration.ofSeconds(90)),
                Map.entry("1h30m", Duration.ofMinutes(90)),
                Map.entry("1h2m3s4ms", Duration.ofMillis(3_723_004)),
                Map.entry(" 5S ", Duration.ofSeconds(5)),
                Map.entry("90m", Duration.ofMinutes(90)),
                Map.entry("0s", Duration.ZERO),
                Map.entry("8784h", Duration.ofDays(366)));
        table.forEach((text, duration) ->
                assertThat(Durations.parse("timeout", text)).as(text).isEqualTo(duration));
    }

    @Test
    public void whatIsNoneIsRefusedWithTheFieldAndExamples() {
        for (String text : List.of("", " ", "soon", "-5s", "1.5h", "5 s", "s", "5d", "5m5h", "ms", "0x5s", "٣s")) {
            assertThatThrownBy(() -> Durations.parse("ready timeout", text))
                    .as(text)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("ready timeout '" + text + "'")
                    .hasMessageContaining("500ms, 30s, 10m or 1h30m");
        }
    }

    @Test
    public void aBareNumberIsAnsweredWithAGuess() {
        assertThatThrownBy(() -> Durations.parse("timeout", "30")).hasMessageContaining("did you mean '30s'?");
    }

    @Test
    public void whatIsLongerThanAYearIsRefused() {
        for (String text : List.of("8785h", "99999999999999999999s", "9223372036854775807h", "9223372036854775807ms")) {
            assertThatThrownBy(() -> Durations.parse("timeout", text))
                    .as(text)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("at most a year");
        }
    }

    @Test
    public void durationsAreShownInOneOrTwoUnits() {
        Map<Long, String> table = Map.of(
                0L,
                "0ms",
                340L,
                "340ms",
                999L,
                "999ms",
                1200L,
                "1.2s",
                59_949L,
                "59.9s",
                59_999L,
                "1m00s",
                60_000L,
                "1m00s",
                250_000L,
                "4m10s",
                3_600_000L,
                "1h00m",
                7_500_000L,
                "2h05m");
        table.forEach((millis, text) -> assertThat(Durations.show(Duration.ofMillis(millis)))
                .as("%d ms", millis)
                .isEqualTo(text));
    }
}
