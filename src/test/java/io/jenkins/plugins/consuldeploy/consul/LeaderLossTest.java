package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.Test;

/** Three servers, one after the other killed. */
public class LeaderLossTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    public void aLostLeaderIsRiddenOutByWritesLocksAndWatches() throws Exception {
        try (ConsulCluster cluster = ConsulCluster.start();
                Consul consul = cluster.follower().client()) {
            consul.kv().put("a", "before");
            CopyOnWriteArrayList<String> heard = new CopyOnWriteArrayList<>();
            Watch<?> watch = Watch.start(
                    consul,
                    "a",
                    from -> consul.kv().get("a", from),
                    Pace.unlimited(),
                    new Watch.Listener<Optional<KvEntry>>() {
                        @Override
                        public void changed(Optional<KvEntry> value) {
                            heard.add(value.map(KvEntry::value).orElse("(nothing)"));
                        }

                        @Override
                        public void failed(ConsulException failure, Duration outage) {}
                    });
            Holder holder = new Holder("alice", "b", "w", Instant.EPOCH);
            Lock lock = Lock.acquire(consul, "lock", holder, Duration.ofSeconds(30), Duration.ZERO);
            await().atMost(LIMIT).until(() -> heard.contains("before"));

            cluster.leader().kill();

            consul.kv().put("a", "put");
            TxnResult committed = consul.kv().commit(lock.fence(Txn.to("test")).set("b", "committed"));
            assertThat(committed.committed()).isTrue();
            assertThat(lock.isHeld()).isTrue();
            await().atMost(LIMIT).until(() -> heard.contains("put"));
            assertThat(heard).doesNotContain("(nothing)");
            lock.close();

            watch.close();
        }
    }

    @Test
    public void aLostQuorumIsReportedAfterTheOutageLimit() {
        try (ConsulCluster cluster = ConsulCluster.start()) {
            ConsulConfig config = cluster.follower()
                    .config()
                    .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofSeconds(4));
            try (Consul consul = new Consul(config);
                    Consul content = new Consul(config.withConsistency(Consistency.STALE))) {
                consul.kv().put("a", "before");
                await().atMost(LIMIT).until(() -> content.kv().get("a").isPresent());

                cluster.killAllBut(config);

                // Consul itself looks for a leader for 7 s before it says that there is none.
                assertThatThrownBy(() -> consul.kv().put("a", "without a quorum"))
                        .isInstanceOf(ConsulException.Unreachable.class)
                        .hasMessageContaining("write the key a")
                        .hasMessageContaining(config.address().toString())
                        .hasMessageContaining("No cluster leader")
                        .hasMessageMatching("(?s).*for \\d+\\.\\d s.*");
                assertThat(content.kv().get("a").orElseThrow().value()).isEqualTo("before");
            }
        }
    }
}
