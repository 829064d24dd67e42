package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class TreeTest {

    private static final Version V1 = new Version("v1");

    @Test
    public void belowThePrefixStandsWhatDeproKnowsAndOursStandsBelowTheRoot() {
        Tree tree = Tree.of("api/version");
        assertThat(tree.prefix()).isEqualTo("api/version");
        assertThat(tree.versions()).isEqualTo("api/version/");
        assertThat(tree.current()).isEqualTo("api/version/current");
        assertThat(tree.folder(V1)).isEqualTo("api/version/v1/");
        assertThat(tree.state(V1, "n1")).isEqualTo("api/version/v1/n1");
        assertThat(tree.lock()).isEqualTo("consul-deploy/deploy/api%2Fversion/lock");
        assertThat(tree.history()).isEqualTo("consul-deploy/deploy/api%2Fversion/history");
        assertThat(tree.pins()).isEqualTo("consul-deploy/deploy/api%2Fversion/pin/");
        assertThat(tree.pin("n1")).isEqualTo("consul-deploy/deploy/api%2Fversion/pin/n1");
        assertThat(tree.reports()).isEqualTo("consul-deploy/deploy/api%2Fversion/node/");
        assertThat(tree.report("n1")).isEqualTo("consul-deploy/deploy/api%2Fversion/node/n1");
        assertThat(tree).hasToString("api/version");
    }

    @Test
    public void theRootCanBeChosen() {
        assertThat(Tree.of("api", "/ops/our keys/").lock()).isEqualTo("ops/our keys/deploy/api/lock");
    }

    @Test
    public void slashesAroundAPrefixDoNotCount() {
        assertThat(Tree.of("/api/version/").versions()).isEqualTo("api/version/");
        assertThat(Tree.of(" api ").versions()).isEqualTo("api/");
    }

    @Test
    public void noPrefixReachesIntoAnothersKeys() {
        List<String> prefixes = List.of(
                "a", "a/b", "a%2Fb", "a%2fb", "a+b", "a b", "a%20b", "a*b", "lock", "a/lock", "a/pin", "a/pin/n", "A",
                "ä", "%C3%A4", "a~b", "a%7Eb", "pin", "node");
        List<String> keys = new ArrayList<>();
        for (String prefix : prefixes) {
            Tree tree = Tree.of(prefix);
            keys.addAll(List.of(
                    tree.lock(),
                    tree.history(),
                    tree.pin("lock"),
                    tree.pin("history"),
                    tree.report("lock"),
                    tree.pin("n")));
        }
        assertThat(keys).doesNotHaveDuplicates();
        // One prefix is one segment, so that a listing of one finds nothing of another.
        for (String prefix : prefixes) {
            String own = Tree.of(prefix).lock().replaceFirst("lock$", "");
            assertThat(keys.stream().filter(key -> key.startsWith(own)))
                    .as(prefix)
                    .hasSize(6);
        }
    }

    @Test
    public void aPrefixThatIsUnsafeIsRefusedWithWhatIsAccepted() {
        assertBad("", "it is empty; give a key prefix such as api/version");
        assertBad("/", "it is empty");
        assertBad("  ", "it is empty");
        assertBad("a//b", "two slashes in a row");
        assertBad("a/../b", "starts with '.'");
        assertBad("..", "starts with '.'");
        assertBad("a/ b", "blanks");
        assertBad("a\nb", "control character");
        assertBad("a\\b", "'\\'");
        assertBad("x".repeat(201), "more than 200 bytes");
    }

    @Test
    public void aPrefixInsideOurOwnRootIsRefusedAndARootInsideThePrefixToo() {
        assertBad("consul-deploy", "where our own keys are");
        assertBad("/consul-deploy/", "where our own keys are");
        assertBad("consul-deploy/deploy/x", "where our own keys are");
        assertThat(Tree.of("consul-deployments").prefix()).isEqualTo("consul-deployments");
        // Our own keys below the prefix would be versions for every agent.
        assertThatThrownBy(() -> Tree.of("api", "api/own"))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("key root 'api/own'")
                .hasMessageContaining("'api/'");
        assertThatThrownBy(() -> Tree.of("api", ""))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("key root ''");
    }

    @Test
    public void aChildIsAVersionWhereItIsAFolderWithASafeName() {
        Tree tree = Tree.of("api");
        assertThat(tree.versionOf("v1/")).contains(V1);
        assertThat(tree.versionOf("current")).isEmpty();
        assertThat(tree.versionOf("current/")).isEmpty();
        assertThat(tree.versionOf("stray")).isEmpty();
        assertThat(tree.versionOf("/")).isEmpty();
        assertThat(tree.versionOf("../")).isEmpty();
    }

    @Test
    public void aNodeIsWhatStandsBehindTheVersionsFolder() {
        Tree tree = Tree.of("api");
        assertThat(tree.nodeOf(V1, "api/v1/n1")).contains("n1");
        assertThat(tree.nodeOf(V1, "api/v1/")).isEmpty();
        assertThat(tree.nodeOf(V1, "api/v1/rack/n1")).contains("rack/n1");
        assertThat(tree.nodeOf(V1, "api/v10/n1")).isEmpty();
    }

    private static void assertBad(String prefix, String words) {
        assertThatThrownBy(() -> Tree.of(prefix))
                .as(prefix)
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("prefix '")
                .hasMessageContaining(words);
    }
}
