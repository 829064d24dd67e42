package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class YamlFileTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void valuesStayTheTextsThatTheyAre() throws IOException {
        YamlFile file = read("""
                version: 1.10
                octal: 010
                yes: no
                nothing: ~
                empty:
                quoted: "a\\tb"
                long: >
                  two
                  lines
                list: [1, {a: b}]
                """);

        assertThat(file.tree())
                .containsEntry("version", "1.10")
                .containsEntry("octal", "010")
                .containsEntry("yes", "no")
                .containsEntry("nothing", null)
                .containsEntry("empty", null)
                .containsEntry("quoted", "a\tb")
                .containsEntry("long", "two lines\n")
                .containsEntry("list", List.of("1", Map.of("a", "b")));
    }

    @Test
    public void anAliasIsWhatItStandsFor() throws IOException {
        assertThat(read("a: &x {b: c}\nd: *x\n").tree()).containsEntry("d", Map.of("b", "c"));
    }

    @Test
    public void everyFieldHasItsPlaceAndOneThatIsMissingTheNearestAround() throws IOException {
        YamlFile file = read("""
                app: web
                hosts:
                  list:
                    - name: a
                      port: 80
                    - {name: b}
                """);

        assertThat(place(file, "app")).endsWith("web.yaml, line 1, column 6");
        assertThat(place(file, "hosts.list[0].port")).endsWith("line 5, column 13");
        assertThat(place(file, "hosts.list[1].name")).endsWith("line 6, column 14");
        assertThat(place(file, "hosts.list[1].address")).endsWith("line 6, column 7");
        assertThat(place(file, "update.command")).endsWith("line 1, column 1");
    }

    @Test
    public void whatCantBeReadIsNamedWithItsPlace() throws IOException {
        bad("a: b: c\n", "web.yaml, line 1, column 5: mapping values are not allowed here");
        bad("a: [1, 2\nb: 3\n", "web.yaml, line 2, column 2: while parsing a flow sequence");
        bad("a: 1\n\tb: 2\n", "web.yaml, line 2, column 1: while scanning for the next token");
        bad("a: 1\nb: 2\na: 3\n", "web.yaml, line 3, column 1: a is there twice");
        bad("a: {b: 1, b: 2}\n", "web.yaml, line 1, column 11: a.b is there twice");
        bad("a: *x\n", "web.yaml, line 1, column 4: found undefined alias x");
        bad("a: &x [*x]\n", "web.yaml, line 1, column 4: it contains itself");
        bad("[a]: b\n", "web.yaml, line 1, column 1: a field's name is wanted here");
        bad("- a\n", "web.yaml, line 1, column 1: fields are wanted here, such as 'app: web'");
        bad("a: 1\n---\nb: 2\n", "web.yaml, line 2, column 1: expected a single document");
        bad("# nothing\n", "web.yaml: it is empty");
        assertThatThrownBy(() -> YamlFile.read(Path.of("not-there.yaml")))
                .isInstanceOf(BadInputException.class)
                .hasMessage("file 'not-there.yaml': there is no such file");
        Path latin = folder.newFile("latin.yaml").toPath();
        Files.write(latin, "a: ü\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> YamlFile.read(latin)).hasMessageContaining("it is not encoded in UTF-8");
    }

    private void bad(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(message);
    }

    private static String place(YamlFile file, String path) {
        return file.places().of(path).orElseThrow();
    }

    private YamlFile read(String text) throws IOException {
        Path path = folder.getRoot().toPath().resolve("web.yaml");
        Files.writeString(path, text);
        return YamlFile.read(path);
    }
}
