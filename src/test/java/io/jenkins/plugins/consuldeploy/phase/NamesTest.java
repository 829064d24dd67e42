package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

/** Versions and node names become keys, directories and environment variables: what may be one, and what is said else. */
public class NamesTest {

    @Test
    public void usualNamesAreTaken() {
        for (String name : List.of(
                "v1",
                "1",
                "release-20230103082900",
                "1.2.3+build.7",
                "2f1c3d4e5f60718293a4b5c6d7e8f90123456789",
                "feature_x~2",
                "a b",
                "a..b",
                "a.",
                "100%",
                "%2F",
                "versión-日本語-🚀",
                "currently",
                "CURRENT",
                "$HOME;`x`'\"",
                "x".repeat(255))) {
            assertThat(new Version(name).name()).isEqualTo(name);
            assertThat(NodeName.check(name)).isEqualTo(name);
        }
    }

    @Test
    public void unsafeNamesAreRefusedWithTheFieldTheValueAndWhatIsAccepted() {
        Map<String, String> table = Map.ofEntries(
                Map.entry("", "it is empty; give a name"),
                Map.entry(" ", "it is empty"),
                Map.entry("\t", "it is empty"),
                Map.entry(".", "it starts with '.'"),
                Map.entry("..", "it starts with '.'"),
                Map.entry(".hidden", "it starts with '.'"),
                Map.entry("-rf", "it starts with '-'"),
                Map.entry("a/b", "it contains '/'"),
                Map.entry("/", "it contains '/'"),
                Map.entry("../../etc", "it starts with '.'"),
                Map.entry("a\\b", "it contains '\\'"),
                Map.entry("a\nb", "a control character"),
                Map.entry("a\0b", "a control character"),
                Map.entry("a\u007fb", "a control character"),
                Map.entry("a\u009bb", "a control character"),
                Map.entry("a\u2028b", "an invisible character"),
                Map.entry("a\u2029b", "an invisible character"),
                Map.entry("a\u202eb", "an invisible character"),
                Map.entry("a\u200bb", "an invisible character"),
                Map.entry("\ufeffa", "an invisible character"),
                Map.entry("a\ud800", "an invisible character"),
                Map.entry("\udc00a", "an invisible character"),
                Map.entry(" a", "it has blanks around it"),
                Map.entry("a ", "it has blanks around it"),
                Map.entry("x".repeat(256), "more than 255 bytes"),
                Map.entry("ä".repeat(128), "more than 255 bytes"));
        table.forEach((name, words) -> {
            assertThatThrownBy(() -> new Version(name))
                    .as("version '%s'", name)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("version '")
                    .hasMessageContaining(words)
                    .satisfies(e -> assertThat(((BadInputException) e).field()).isEqualTo("version"));
            assertThatThrownBy(() -> NodeName.check(name))
                    .as("node name '%s'", name)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("node name '")
                    .hasMessageContaining(words);
        });
    }

    @Test
    public void currentIsNoVersionButANode() {
        assertThatThrownBy(() -> new Version("current"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("'current'")
                .hasMessageContaining("choose another");
        assertThat(NodeName.check("current")).isEqualTo("current");
    }

    @Test
    public void noMessageLetsAValueForgeALineOrColorATerminal() {
        for (String evil : List.of(
                "v1\nversion v2 is deployed",
                "a\u001b[31mred",
                "a\u009b31mred",
                "a\u202egpj.exe",
                "a\u2028b",
                "a\rb/")) {
            BadInputException refused = catchThrowableOfType(BadInputException.class, () -> new Version(evil));
            assertThat(refused.getMessage().chars())
                    .as("%s", evil.replaceAll("\\P{Print}", "?"))
                    .noneMatch(c -> Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.LINE_SEPARATOR
                            || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
        }
        assertThatThrownBy(() -> new Version("x/".repeat(5000))).message().hasSizeLessThan(300);
    }

    @Test
    public void whatOthersWroteIsReadWithoutFailing() {
        assertThat(Version.read("v1")).contains(new Version("v1"));
        assertThat(Version.read("v1\n")).contains(new Version("v1"));
        assertThat(Version.read("")).isEmpty();
        assertThat(Version.read("  ")).isEmpty();
        assertThat(Version.read("../x")).isEmpty();
        assertThat(Version.read("current")).isEqualTo(Optional.empty());
    }
}
