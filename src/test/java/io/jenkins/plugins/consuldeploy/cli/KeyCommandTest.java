package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class KeyCommandTest {

    private final String prefix = ConsulProcess.uniquePrefix("key");
    private final String key = prefix + "/IMAGE_TAG";
    private Consul consul;

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
    }

    @After
    public void disconnect() {
        consul.close();
    }

    @Test
    public void aKeyIsSetAndItsPreviousValueSaid() {
        assertThat(key(key, "v1").out()).contains(key + " is 'v1', and is new");
        assertThat(key(key, "v2", "--json").json().get("previous").getAsString())
                .isEqualTo("v1");
        assertThat(key(key, "v2").out()).contains("is 'v2', was 'v2'");
        assertThat(value(key)).contains("v2");
    }

    @Test
    public void theWayBackLeadsOneStepFurtherEachTimeAndNeverForth() {
        for (String value : List.of("v1", "v2", "v3")) {
            key(key, value);
        }

        assertThat(key(key, "--back").out()).contains("is 'v2', was 'v3'");
        assertThat(key(key, "--back").out()).contains("is 'v1', was 'v2'");
        CommandLineRun last = key(key, "--back");
        assertThat(last.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(last.err()).contains("nothing is on record");
    }

    @Test
    public void aValueThatSomebodyElseHasSetHasNoWayBackOnRecord() {
        key(key, "v1");
        key(key, "v2");
        consul.kv().put(key, "by hand");

        CommandLineRun back = key(key, "--back");
        assertThat(back.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(back.err()).contains("somebody else has set it since");
        assertThat(value(key)).contains("by hand");

        assertThat(key(key, "v3").out()).contains("is 'v3', was 'by hand'");
        assertThat(key(key, "--back").out()).contains("is 'by hand', was 'v3'");
    }

    @Test
    public void nodesThatHaveAKeyOfTheirOwnAreNamed() {
        consul.kv().put(prefix + "/n1/IMAGE_TAG", "v1");
        consul.kv().put(prefix + "/n2/IMAGE_TAG", "v2");
        consul.kv().put(prefix + "/n1/OTHER", "v1");

        assertThat(key(key, "v2").out())
                .contains("don't follow it: " + prefix + "/n1/IMAGE_TAG. Give --per-node")
                .doesNotContain("/n2/");
    }

    @Test
    public void aKeyThatIsBroughtToItsNodesIsNotSetPastThat() throws Exception {
        Holder holder =
                new Holder("alice", "by hand", "release x", consul.time().now());
        try (Lock lock = Lock.acquire(
                consul,
                new ReleaseKeys(ReleaseKeys.DEFAULT_ROOT).lock("key " + key),
                holder,
                Duration.ofSeconds(10),
                Duration.ZERO)) {
            assertThat(lock.isHeld()).isTrue();
            CommandLineRun run = key(key, "v1");
            assertThat(run.exit()).isEqualTo(Exit.LOCKED);
            assertThat(run.err()).contains("locked by alice");
        }
        assertThat(value(key)).isEmpty();
    }

    @Test
    public void whatIsNoKeyOrDoesNotGoTogetherIsRefused() {
        assertThat(key("/a", "v1").err()).contains("key '/a'");
        assertThat(key("consul-deploy/x", "v1").err()).contains("our own keys");
        assertThat(key(key).err()).contains("value", "or --back");
        assertThat(key(key, "v1", "--back").err()).contains("value 'v1'", "one of the two");
        assertThat(key(key, "v1", "--per-node").err()).contains("service: it is missing");
        assertThat(key(key, "v1", "--service", "web").err()).contains("service 'web'", "'perNode' only");
        assertThat(key(key, "v1", "--per-node", "--service", "web", "--seen", "x")
                        .err())
                .contains("seen 'x'", "meta:FIELD");
        assertThat(value(key)).isEmpty();
    }

    @Test
    public void aServiceThatSaysItsValueInItsMetaIsWaitedForUntilItDoes() {
        String service = prefix.replace('/', '-');
        register(service, "v1");
        key(key, "v1");

        CommandLineRun late =
                key(key, "v2", "--per-node", "--service", service, "--seen", "meta:tag", "--timeout", "300ms");
        assertThat(late.exit()).isEqualTo(Exit.FAILED);
        assertThat(late.err()).contains("test-node", "does not have 'v2' as its meta's tag after 300ms");
        assertThat(value(key))
                .as("the shared key is set when every node is through")
                .contains("v1");

        register(service, "v2");
        CommandLineRun again = key(key, "v2", "--per-node", "--service", service, "--seen", "meta:tag");
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(value(key)).contains("v2");
        assertThat(value(prefix + "/test-node/IMAGE_TAG")).contains("v2");
    }

    @Test
    public void aServiceThatIsNotSeenToRestartEndsItWithWhatToDo() {
        String service = prefix.replace('/', '-');
        register(service, "v1");
        consul.kv().put(prefix + "/away/IMAGE_TAG", "v0");

        CommandLineRun run = key(key, "v2", "--per-node", "--service", service, "--timeout", "300ms");

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("was not seen to restart after 300ms", "as a tag or in its meta");

        ConsulProcess.shared().put("/v1/agent/service/deregister/" + service, "");
        register(service, "v2");
        assertThat(key(key, "v2", "--per-node", "--service", service).exit()).isZero();
        assertThat(value(prefix + "/away/IMAGE_TAG"))
                .as("a node that is away does not come back with an old value")
                .contains("v2");
    }

    /** What the field has measured as ten seconds down, and what a roll makes of it: on the same fleet, with figures. */
    @Test
    public void aTemplatedFleetIsRolledWithoutAFailedRequestAndTheSharedKeyFailsMany() throws Exception {
        assumeTrue(
                "there is no consul-template: put it on the PATH, or run bin/setup consul-template, which builds it"
                        + " where Go is",
                TemplatedFleet.binary().isPresent());
        try (TemplatedFleet fleet = new TemplatedFleet(folder.getRoot().toPath(), "v1")) {
            TemplatedFleet.Seen shared = fleet.visited(() -> {
                assertThat(key(fleet, "v2").exit()).isZero();
                fleet.awaitAll("v2");
            });
            System.out.println("shared key:    " + shared);
            assertThat(shared.failed()).as("everybody restarts at once").isPositive();

            TemplatedFleet.Seen rolled = fleet.visited(() -> {
                CommandLineRun run = key(fleet, "v3", "--per-node", "--service", "web", "--timeout", "60s");
                assertThat(run.exit()).as(run.out() + run.err()).isZero();
                fleet.awaitAll("v3");
            });
            System.out.println("node by node:  " + rolled);
            assertThat(rolled.failed()).as(rolled.firstFailure()).isZero();
            assertThat(rolled.versions()).contains("v2", "v3");
            for (int node = 1; node <= TemplatedFleet.SIZE; node++) {
                assertThat(fleet.starts(node)).as("restarts of n" + node).containsExactly("v1", "v2", "v3");
            }
            assertThat(fleet.consul().kv().get(TemplatedFleet.KEY).map(KvEntry::value))
                    .contains("v3");

            TemplatedFleet.Seen broken = fleet.visited(() -> {
                CommandLineRun run = key(
                        fleet,
                        "broken",
                        "--per-node",
                        "--service",
                        "web",
                        "--timeout",
                        "12s",
                        "--on-failure",
                        "rollback");
                assertThat(run.exit()).isEqualTo(Exit.FAILED);
                assertThat(run.err()).contains("was rolled back", "n1: web there does not pass its checks");
                fleet.awaitAll("v3");
            });
            System.out.println("rolled back:   " + broken);
            assertThat(broken.failed()).as(broken.firstFailure()).isZero();
            assertThat(fleet.starts(1)).containsExactly("v1", "v2", "v3", "broken", "v3");
            assertThat(fleet.starts(2)).containsExactly("v1", "v2", "v3");
            assertThat(fleet.consul().kv().get(TemplatedFleet.KEY).map(KvEntry::value))
                    .contains("v3");
        }
    }

    // What the tests share

    private static CommandLineRun key(TemplatedFleet fleet, String value, String... more) {
        List<String> words = new ArrayList<>(List.of("key", TemplatedFleet.KEY, value, "--server", fleet.address()));
        words.addAll(Arrays.asList(more));
        return CommandLineRun.of(words.toArray(String[]::new));
    }

    private static CommandLineRun key(String... more) {
        List<String> words = new ArrayList<>(
                List.of("key", "--server", ConsulProcess.shared().address()));
        words.addAll(Arrays.asList(more));
        return CommandLineRun.of(words.toArray(String[]::new));
    }

    private Optional<String> value(String name) {
        return consul.kv().get(name).map(KvEntry::value);
    }

    private void register(String service, String tag) {
        ConsulProcess.shared()
                .put(
                        "/v1/agent/service/register",
                        "{\"Name\": \"" + service + "\", \"Meta\": {\"tag\": \"" + tag + "\"}}");
        // The agent tells the catalog a moment later.
        Awaitility.await()
                .until(() ->
                        consul.services().instances(service, Optional.empty(), true, BlockingQuery.NOW).value().stream()
                                .anyMatch(instance -> tag.equals(instance.meta().get("tag"))));
    }
}
