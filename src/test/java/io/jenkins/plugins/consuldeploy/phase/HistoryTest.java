package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.Test;

public class HistoryTest {

    @Test
    public void theFirstDeploymentHasNoPrevious() {
        History history = History.EMPTY.committed(Optional.empty(), version("v1"));
        assertThat(names(history)).containsExactly("v1");
        assertThat(history.previous(Optional.of(version("v1")))).isEmpty();
        assertThat(History.EMPTY.previous(Optional.empty())).isEmpty();
    }

    @Test
    public void eachCommitIsPutOnTop() {
        History history = history("v1", "v2").committed(Optional.of(version("v2")), version("v3"));
        assertThat(names(history)).containsExactly("v1", "v2", "v3");
        assertThat(history.previous(Optional.of(version("v3")))).contains(version("v2"));
    }

    @Test
    public void theSameAgainIsNoCommit() {
        assertThat(names(history("v1", "v2").committed(Optional.of(version("v2")), version("v2"))))
                .containsExactly("v1", "v2");
    }

    @Test
    public void rollingBackTwiceGoesTwoVersionsBack() {
        History history = history("v1", "v2", "v3").rolledBackTo(Optional.of(version("v3")), version("v2"));
        assertThat(names(history)).containsExactly("v1", "v2");
        assertThat(history.previous(Optional.of(version("v2")))).contains(version("v1"));
        assertThat(names(history.rolledBackTo(Optional.of(version("v2")), version("v1"))))
                .containsExactly("v1");
    }

    @Test
    public void whatSomebodyElseMadeCurrentCounts() {
        History history = history("v1", "v2");
        assertThat(history.previous(Optional.of(version("v9")))).contains(version("v2"));
        assertThat(names(history.committed(Optional.of(version("v9")), version("v3"))))
                .containsExactly("v1", "v2", "v9", "v3");
        assertThat(names(history.rolledBackTo(Optional.of(version("v9")), version("v2"))))
                .containsExactly("v1", "v2");
    }

    @Test
    public void goingBackToWhatWasNeverCurrentStartsAnew() {
        assertThat(names(history("v1", "v2").rolledBackTo(Optional.of(version("v2")), version("v0"))))
                .containsExactly("v0");
    }

    @Test
    public void backAndForthIsKeptAsItHappened() {
        History history = history("v1", "v2", "v1");
        assertThat(history.previous(Optional.of(version("v1")))).contains(version("v2"));
        assertThat(names(history.rolledBackTo(Optional.of(version("v1")), version("v2"))))
                .containsExactly("v1", "v2");
    }

    @Test
    public void itKeepsTheLastTwenty() {
        History history = History.EMPTY;
        Optional<Version> current = Optional.empty();
        for (int i = 1; i <= 30; i++) {
            history = history.committed(current, version("v" + i));
            current = Optional.of(version("v" + i));
        }
        assertThat(names(history))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(11, 30).mapToObj(i -> "v" + i).toList());
    }

    @Test
    public void itIsWrittenAsJsonAndReadAgain() {
        History history = history("v1", "quote\"d", "ünï");
        assertThat(History.fromJson(history.toJson())).isEqualTo(history);
        assertThat(History.EMPTY.toJson()).isEqualTo("[]");
    }

    @Test
    public void whatIsNoHistoryCountsAsNone() {
        for (String text : List.of("", " ", "{}", "null", "v1", "[1, {}]", "[[]]", "[null]", "[\"../x\"]", "[\"v1\"")) {
            assertThat(History.fromJson(text)).as(text).isEqualTo(History.EMPTY);
        }
    }

    private static Version version(String name) {
        return new Version(name);
    }

    private static History history(String... names) {
        return new History(Stream.of(names).map(Version::new).toList());
    }

    private static List<String> names(History history) {
        return history.versions().stream().map(Version::name).toList();
    }
}
