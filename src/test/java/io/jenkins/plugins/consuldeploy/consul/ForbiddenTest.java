package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** What a Consul with ACLs answers to those who may not, put into words that name the key and the permission. */
public class ForbiddenTest {

    private static ConsulProcess process;
    private static Consul nobody;
    private static Consul reader;
    private static AclToken readersToken;

    @BeforeClass
    public static void start() {
        process = ConsulProcess.startWithAcls();
        readersToken = process.token("key_prefix \"api/\" { policy = \"read\" }");
        nobody = new Consul(ConsulConfig.at(process.address()));
        reader = new Consul(ConsulConfig.at(process.address()).withToken(readersToken));
    }

    @AfterClass
    public static void stop() {
        nobody.close();
        reader.close();
        process.close();
    }

    @Test
    public void aReaderReads() {
        try (Consul all = process.client()) {
            all.kv().put("api/a", "one");
        }
        assertThat(reader.kv().get("api/a").orElseThrow().value()).isEqualTo("one");
        assertThat(reader.kv().list("api/")).hasSize(1);
    }

    @Test
    public void aWriteNamesItsKeyAndPermission() {
        assertForbidden(
                () -> reader.kv().put("api/a", "x"),
                "write the key api/a",
                "The token needs",
                "key:write on \"api/a\"");
        assertForbidden(
                () -> reader.kv().putIfUnchanged("api/a", "x", 1), "write the key api/a", "key:write on \"api/a\"");
        assertForbidden(() -> reader.kv().delete("api/a"), "remove the key api/a", "key:write on \"api/a\"");
        assertForbidden(
                () -> reader.kv().deleteTree("api/"), "remove the keys below api/", "key_prefix:write on \"api/\"");
    }

    @Test
    public void aReadThatIsForbiddenNamesItsKeyAndPermission() {
        assertForbidden(() -> reader.kv().get("other/a"), "read the key other/a", "key:read on \"other/a\"");
    }

    @Test
    public void aListLeavesOutWhatMayNotBeReadAndConsulDoesNotSaySo() {
        try (Consul all = process.client()) {
            all.kv().put("hidden/a", "one");
        }
        assertThat(reader.kv().list("hidden/")).isEmpty();
        assertThat(reader.kv().children("hidden/", BlockingQuery.NOW).value()).isEmpty();
    }

    @Test
    public void withoutATokenTheAnonymousOneIsNamed() {
        assertForbidden(
                () -> nobody.kv().put("api/a", "x"),
                "No token was sent; the anonymous one needs key:write on \"api/a\"");
    }

    @Test
    public void aTokenThatConsulDoesNotKnowIsForbidden() {
        try (Consul stranger = new Consul(
                ConsulConfig.at(process.address()).withToken(new AclToken("11111111-2222-3333-4444-555555555555")))) {
            assertForbidden(() -> stranger.kv().put("api/a", "x"), "ACL not found", "key:write on \"api/a\"");
        }
    }

    @Test
    public void aTransactionNamesTheOperationThatIsForbidden() {
        Txn txn = Txn.to("commit version v2").set("api/a", "x").set("other/b", "y");
        try (Consul writer = new Consul(ConsulConfig.at(process.address())
                .withToken(process.token("key_prefix \"api/\" { policy = \"write\" }")))) {
            assertForbidden(
                    () -> writer.kv().commit(txn),
                    "commit version v2",
                    "Permission denied",
                    "key:write on \"other/b\"");
            assertThatThrownBy(() -> writer.kv().commit(txn)).hasMessageNotContaining("key:write on \"api/a\"");
            assertThat(writer.kv().get("api/a").map(KvEntry::value)).isNotEqualTo(Optional.of("x"));
        }
    }

    @Test
    public void aTransactionOfATokenThatConsulDoesNotKnowIsForbidden() {
        try (Consul stranger = new Consul(
                ConsulConfig.at(process.address()).withToken(new AclToken("11111111-2222-3333-4444-555555555555")))) {
            assertForbidden(
                    () -> stranger.kv().commit(Txn.to("commit version v2").set("api/a", "x")), "commit version v2");
        }
    }

    @Test
    public void aSessionThatIsForbiddenNamesItsPermission() {
        assertForbidden(
                () -> reader.sessions()
                        .create("deploy", Duration.ofSeconds(10), Session.Behavior.RELEASE, Duration.ZERO),
                "create the session \"deploy\"",
                "session:write");
    }

    @Test
    public void aLockThatMayNotBeTakenLeavesNoSession() throws Exception {
        AclToken sessionsOnly = process.token("session_prefix \"\" { policy = \"write\" }");
        try (Consul consul = new Consul(ConsulConfig.at(process.address()).withToken(sessionsOnly))) {
            Holder holder = new Holder("test", "1", "test", Instant.now());
            assertForbidden(
                    () -> Lock.acquire(consul, "api/lock", holder, Duration.ofSeconds(10), Duration.ZERO),
                    "take the lock api/lock",
                    "key:write on \"api/lock\"");
        }
        assertThat(process.http("GET", "/v1/session/list", "")).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    public void anEventThatIsForbiddenNamesItsPermission() {
        assertForbidden(
                () -> reader.events().fire("run-deploy", "v1", Events.Target.EVERY_NODE),
                "fire the event run-deploy",
                "event:write on \"run-deploy\"");
    }

    @Test
    public void theAgentsNameThatIsForbiddenNamesItsPermission() {
        assertForbidden(() -> reader.cluster().self(), "agent:read");
    }

    private static void assertForbidden(ThrowingCallable act, String... words) {
        ConsulException.Forbidden forbidden = catchThrowableOfType(ConsulException.Forbidden.class, act);
        assertThat(forbidden)
                .hasMessageContaining(process.address())
                .hasMessageContainingAll(words)
                .hasMessageNotContaining(readersToken.secret());
    }
}
