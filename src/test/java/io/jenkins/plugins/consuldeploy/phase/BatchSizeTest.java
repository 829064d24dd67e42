package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.Test;

public class BatchSizeTest {

    @Test
    public void numbersAndPercentagesAreRead() {
        assertThat(BatchSize.parse("rolling", "3"))
                .isEqualTo(new BatchSize(3, false))
                .hasToString("3");
        assertThat(BatchSize.parse("rolling", " 25 % "))
                .isEqualTo(new BatchSize(25, true))
                .hasToString("25%");
        assertThat(BatchSize.parse("rolling", "1")).isEqualTo(BatchSize.ONE);
    }

    @Test
    public void whatIsNoneIsRefusedWithTheFieldTheValueAndWhatIsAccepted() {
        for (String text : List.of("", "0", "-1", "0%", "101%", "half", "1.5", "%", "25%%", "99999999999", "3 nodes")) {
            assertThatThrownBy(() -> BatchSize.parse("rolling", text))
                    .as(text)
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("rolling '" + text + "': a number from 1, or a percentage from 1% to 100%");
        }
        assertThatThrownBy(() -> new BatchSize(0, false)).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> new BatchSize(101, true)).isInstanceOf(BadInputException.class);
    }

    @Test
    public void aPercentageIsRoundedDownButNeverToNone() {
        BatchSize quarter = new BatchSize(25, true);
        assertThat(quarter.of(100)).isEqualTo(25);
        assertThat(quarter.of(7)).isEqualTo(1);
        assertThat(quarter.of(3)).isEqualTo(1);
        assertThat(new BatchSize(100, true).of(7)).isEqualTo(7);
        assertThat(new BatchSize(5, false).of(3)).isEqualTo(3);
        assertThat(new BatchSize(5, false).of(100_000_000)).isEqualTo(5);
        assertThat(new BatchSize(99, true).of(100_000_000)).isEqualTo(99_000_000);
    }

    @Test
    public void aListIsCutIntoBatchesInItsOrder() {
        List<String> nodes = List.of("a", "b", "c", "d", "e");
        assertThat(new BatchSize(2, false).split(nodes))
                .containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e"));
        assertThat(new BatchSize(50, true).split(nodes))
                .containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e"));
        assertThat(new BatchSize(9, false).split(nodes)).containsExactly(nodes);
        assertThat(BatchSize.ONE.split(List.of())).isEmpty();
    }
}
