package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class TxnTest {

    private final String prefix = ConsulProcess.uniquePrefix("txn") + "/";
    private Consul consul;
    private KeyValue kv;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
        kv = consul.kv();
    }

    @After
    public void disconnect() {
        kv.deleteTree(prefix);
        consul.close();
    }

    @Test
    public void everythingInItHappens() {
        kv.put(prefix + "old/a", "x");
        kv.put(prefix + "old/b", "x");
        kv.put(prefix + "single", "x");

        TxnResult result = kv.commit(Txn.to("test")
                .set(prefix + "ünï %?#", "wért", 42)
                .set(prefix + "current", "v1")
                .delete(prefix + "single")
                .deleteTree(prefix + "old/"));

        assertThat(result.committed()).isTrue();
        assertThat(result.refusals()).isEmpty();
        assertThat(result.entries()).extracting(KvEntry::key).containsExactly(prefix + "ünï %?#", prefix + "current");
        assertThat(result.entries()).extracting(KvEntry::value).containsOnly(""); // Consul does not repeat them
        assertThat(result.entries().get(1).modifyIndex())
                .isEqualTo(kv.get(prefix + "current").orElseThrow().modifyIndex());
        assertThat(kv.list(prefix)).extracting(KvEntry::name).containsExactly("current", "ünï %?#");
        KvEntry entry = kv.get(prefix + "ünï %?#").orElseThrow();
        assertThat(entry.value()).isEqualTo("wért");
        assertThat(entry.flags()).isEqualTo(42);
    }

    @Test
    public void flagsAreUnsigned64BitNumbers() {
        kv.commit(Txn.to("test").set(prefix + "a", "", Long.MAX_VALUE));
        assertThat(kv.get(prefix + "a").orElseThrow().flags()).isEqualTo(Long.MAX_VALUE);
        ConsulProcess.shared().http("PUT", "/v1/kv/" + prefix + "b?flags=18446744073709551615", "");
        assertThat(kv.get(prefix + "b").orElseThrow().flags()).isEqualTo(-1);
    }

    @Test
    public void anOperationThatDoesNotHoldRollsAllBackAndIsNamed() {
        kv.put(prefix + "current", "v1");
        long index = kv.get(prefix + "current").orElseThrow().modifyIndex();
        kv.put(prefix + "current", "by somebody else");

        TxnResult result =
                kv.commit(Txn.to("test").set(prefix + "first", "x").setIfUnchanged(prefix + "current", "v2", 0, index));

        assertThat(result.committed()).isFalse();
        assertThat(result.refused(1)).isTrue();
        assertThat(result.refused(0)).isFalse();
        assertThat(result.reason()).contains(prefix + "current").contains("index is stale");
        assertThat(result.entries()).isEmpty();
        assertThat(kv.get(prefix + "first")).isEmpty();
        assertThat(kv.get(prefix + "current").orElseThrow().value()).isEqualTo("by somebody else");
    }

    @Test
    public void setIfUnchangedWithIndexZeroCreatesOnly() {
        assertThat(kv.commit(Txn.to("test").setIfUnchanged(prefix + "a", "one", 7, 0))
                        .committed())
                .isTrue();
        assertThat(kv.commit(Txn.to("test").setIfUnchanged(prefix + "a", "two", 7, 0))
                        .committed())
                .isFalse();
        assertThat(kv.get(prefix + "a").orElseThrow().value()).isEqualTo("one");
    }

    @Test
    public void checkIndexHoldsForThatIndexAlone() {
        kv.put(prefix + "a", "one");
        long index = kv.get(prefix + "a").orElseThrow().modifyIndex();

        assertThat(kv.commit(Txn.to("test").checkIndex(prefix + "a", index).set(prefix + "b", "x"))
                        .committed())
                .isTrue();
        kv.put(prefix + "a", "two");
        TxnResult refused =
                kv.commit(Txn.to("test").checkIndex(prefix + "a", index).set(prefix + "b", "y"));

        assertThat(refused.refused(0)).isTrue();
        assertThat(kv.get(prefix + "b").orElseThrow().value()).isEqualTo("x");
    }

    @Test
    public void deleteIfUnchangedSparesWhatWasChanged() {
        kv.put(prefix + "a", "one");
        long index = kv.get(prefix + "a").orElseThrow().modifyIndex();
        kv.put(prefix + "a", "two");

        assertThat(kv.commit(Txn.to("test").deleteIfUnchanged(prefix + "a", index))
                        .refused(0))
                .isTrue();
        long now = kv.get(prefix + "a").orElseThrow().modifyIndex();
        assertThat(kv.commit(Txn.to("test").deleteIfUnchanged(prefix + "a", now))
                        .committed())
                .isTrue();
        assertThat(kv.get(prefix + "a")).isEmpty();
    }

    @Test
    public void checkSessionHoldsForTheHolderAlone() {
        try (Session mine = session();
                Session other = session()) {
            assertThat(kv.commit(Txn.to("test").lock(prefix + "lock", "mine", mine.id()))
                            .committed())
                    .isTrue();
            assertThat(kv.commit(Txn.to("test").lock(prefix + "lock", "other", other.id()))
                            .refused(0))
                    .isTrue();

            assertThat(kv.commit(Txn.to("test")
                                    .checkSession(prefix + "lock", mine.id())
                                    .set(prefix + "a", "mine"))
                            .committed())
                    .isTrue();
            assertThat(kv.commit(Txn.to("test")
                                    .checkSession(prefix + "lock", other.id())
                                    .set(prefix + "a", "other"))
                            .refused(0))
                    .isTrue();
            assertThat(kv.commit(Txn.to("test")
                                    .checkSession(prefix + "no such lock", mine.id())
                                    .set(prefix + "a", "none"))
                            .refused(0))
                    .isTrue();
        }
        assertThat(kv.get(prefix + "a").orElseThrow().value()).isEqualTo("mine");
    }

    @Test
    public void aSetLeavesTheLockOnTheKey() {
        try (Session session = session()) {
            kv.commit(Txn.to("test").lock(prefix + "a", "one", session.id()));
            kv.commit(Txn.to("test").set(prefix + "a", "two"));
            kv.put(prefix + "a", "three");

            assertThat(kv.get(prefix + "a").orElseThrow().session()).contains(session.id());
        }
    }

    @Test
    public void itTakes64Operations() {
        Txn txn = Txn.to("test");
        for (int i = 0; i < Txn.MAX_OPERATIONS; i++) {
            txn.set(prefix + i, "x");
        }

        assertThat(kv.commit(txn).committed()).isTrue();
        assertThat(kv.list(prefix)).hasSize(64);
        assertThatThrownBy(() -> txn.delete(prefix + "one more"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at most 64")
                .hasMessageContaining("one more");
        assertThat(txn.size()).isEqualTo(64);
    }

    @Test
    public void whatMayNotHappenTwiceIsNotRepeatable() {
        assertThat(Txn.to("t")
                        .set("a", "b")
                        .delete("c")
                        .deleteTree("d/")
                        .lock("e", "", "s")
                        .checkSession("e", "s"))
                .matches(Txn::isRepeatable);
        assertThat(Txn.to("t").setIfUnchanged("a", "b", 0, 1)).matches(txn -> !txn.isRepeatable());
        assertThat(Txn.to("t").deleteIfUnchanged("a", 1)).matches(txn -> !txn.isRepeatable());
        // The second time, its own first time would be what changed the key.
        assertThat(Txn.to("t").checkIndex("a", 1).set("a", "b")).matches(txn -> !txn.isRepeatable());
    }

    private Session session() {
        return consul.sessions().create("test", Duration.ofSeconds(10), Session.Behavior.RELEASE, Duration.ZERO);
    }
}
