package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.phase.NodeReport;
import io.jenkins.plugins.consuldeploy.phase.NodeState;
import io.jenkins.plugins.consuldeploy.phase.TreeView;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.Test;

public class TreeTextTest {

    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
    private static final Version V1 = new Version("v1");
    private static final Version V2 = new Version("v2");
    private static final Version V3 = new Version("v3");

    private final SortedMap<String, NodeReport> reports = new TreeMap<>();
    private final SortedMap<String, NodeState> ofV2 = new TreeMap<>();
    private final SortedMap<String, NodeState> ofV3 = new TreeMap<>();

    @Test
    public void whatNeedsALookComesFirst() {
        ofV2.putAll(Map.of("a", NodeState.ACTIVE, "b", NodeState.ACTIVE, "c", NodeState.ACTIVE));
        ofV3.putAll(Map.of("a", NodeState.READY, "b", NodeState.FAILED, "c", NodeState.BUSY));
        reports.put("b", report("v3", NodeState.FAILED, "2026-01-02T11:59:30Z", 3, "no space left"));
        reports.put("a", report("v3", NodeState.READY, "2026-01-02T11:59:48Z", 0));

        assertThat(overview())
                .containsExactly(
                        "prefix   api/version",
                        "current  v2 (before it: v1)",
                        "lock     ann@build7 (process 12), deploy v3, since 1m05s ago",
                        "pinned   v3: a",
                        "",
                        "v3, registered 1m00s ago: 1 failed, 1 busy, 1 ready",
                        "  failed  b, exit code 3 (30.0s ago)",
                        "      no space left",
                        "  busy    c",
                        "  ready   a (12.0s ago)",
                        "",
                        "v2 (current): 3 active",
                        "  active  a, b, c");
    }

    @Test
    public void anEmptyTreeSaysSo() {
        TreeView empty = new TreeView(
                "api/version",
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                Optional.empty());

        assertThat(new TreeText(empty, NOW).overview())
                .containsExactly(
                        "prefix   api/version", "current  none: nothing was ever deployed here", "lock     free");
    }

    @Test
    public void aThousandNodesAreNoMoreLinesThanTen() {
        for (int i = 0; i < 1000; i++) {
            String node = String.format("n%04d", i);
            ofV2.put(node, NodeState.ACTIVE);
            ofV3.put(node, i < 500 ? NodeState.READY : NodeState.FAILED);
            if (i >= 500) {
                reports.put(node, report("v3", NodeState.FAILED, "2026-01-02T11:00:00Z", 1, "disk full"));
            }
        }

        assertThat(overview())
                .hasSizeLessThan(15)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(120))
                .contains(
                        "  failed  n0500, n0501, n0502, n0503, n0504, n0505, n0506, n0507, n0508, n0509 and 490 more,"
                                + " exit code 1 (1h00m ago)",
                        "      disk full");
    }

    @Test
    public void failuresThatDifferAreShownEachUpToThree() {
        for (int i = 0; i < 6; i++) {
            ofV3.put("n" + i, NodeState.FAILED);
            reports.put("n" + i, report("v3", NodeState.FAILED, "2026-01-02T11:00:00Z", i, "said " + i));
        }

        assertThat(overview())
                .contains("      said 2", "  failed  n3, n4, n5, each in another way; see query v3")
                .doesNotContain("      said 3");
    }

    @Test
    public void manyNodesShowFromWhenToWhenTheyCameToTheirState() {
        ofV3.putAll(Map.of("a", NodeState.READY, "b", NodeState.READY));
        reports.put("a", report("v3", NodeState.READY, "2026-01-02T11:59:58Z", 0));
        reports.put("b", report("v3", NodeState.READY, "2026-01-02T11:59:38Z", 0));

        assertThat(overview()).contains("  ready   a, b (2.0s to 22.0s ago)");
    }

    @Test
    public void nodesWithoutAnAgentAndWithoutAWordOfTheCurrentVersionAreNamed() {
        ofV2.put("a", NodeState.ACTIVE);
        ofV3.put("b", NodeState.READY);
        reports.put("z", report("v1", NodeState.ACTIVE, "2026-01-01T11:00:00Z", 0));

        assertThat(overview()).contains("silent   z (no agent has the node's session now)", "  no word of it from b");
    }

    @Test
    public void oneVersionShowsEachNodeAndAllOfItsOutput() {
        List<String> output = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            output.add("line " + i);
        }
        ofV3.putAll(Map.of("a", NodeState.READY, "longer", NodeState.FAILED));
        reports.put("longer", report("v3", NodeState.FAILED, "2026-01-02T11:59:30Z", 3, output.toArray(String[]::new)));
        reports.put("a", report("v3", NodeState.READY, "2026-01-02T11:59:58Z", 0));

        List<String> lines = new TreeText(view(), NOW).version(V3);

        assertThat(lines)
                .hasSize(23)
                .startsWith(
                        "v3, registered 1m00s ago: 1 failed, 1 ready",
                        "  failed  longer  30.0s ago, exit code 3",
                        "      line 0")
                .endsWith("      line 19", "  ready   a       2.0s ago");
    }

    @Test
    public void jsonHasAllOfIt() {
        ofV2.put("a", NodeState.ACTIVE);
        ofV3.put("a", NodeState.FAILED);
        reports.put("a", report("v3", NodeState.FAILED, "2026-01-02T11:59:30Z", 3, "no space left"));
        JsonObject json = new JsonObject();
        TreeJson.add(view(), Optional.empty(), json);

        assertThat(json)
                .hasToString("{\"current\":\"v2\",\"history\":[\"v1\",\"v2\"],"
                        + "\"lock\":{\"who\":\"ann@build7\",\"build\":\"process 12\",\"what\":\"deploy v3\","
                        + "\"since\":\"2026-01-02T11:58:55Z\"},\"pins\":{\"a\":\"v3\"},\"versions\":["
                        + "{\"version\":\"v3\",\"registered\":\"2026-01-02T11:59:00Z\",\"nodes\":{\"a\":"
                        + "{\"state\":\"failed\",\"since\":\"2026-01-02T11:59:30Z\",\"exitCode\":3,"
                        + "\"output\":[\"no space left\"]}}},"
                        + "{\"version\":\"v2\",\"nodes\":{\"a\":{\"state\":\"active\"}}}]}");
    }

    private List<String> overview() {
        return new TreeText(view(), NOW).overview();
    }

    private TreeView view() {
        return new TreeView(
                "api/version",
                Optional.of(V2),
                List.of(
                        new TreeView.Registered(V3, Optional.of(Instant.parse("2026-01-02T11:59:00Z")), ofV3),
                        new TreeView.Registered(V2, Optional.empty(), ofV2)),
                new TreeMap<>(Map.of("a", V3)),
                reports,
                List.of(V1, V2),
                Optional.of(
                        new Holder("ann@build7", "process 12", "deploy v3", Instant.parse("2026-01-02T11:58:55Z"))));
    }

    private static NodeReport report(String version, NodeState state, String since, int exitCode, String... output) {
        return new NodeReport(
                version, state, Instant.parse(since), OptionalInt.of(exitCode), List.of(output), List.of(version));
    }
}
