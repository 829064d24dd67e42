package io.jenkins.plugins.consuldeploy.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.Holder;
import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.After;
import org.junit.Test;

public class JournalTest {

    private static final Instant START = Instant.parse("2025-03-04T05:06:07Z");

    private final Consul consul = ConsulProcess.shared().client();
    private final ReleaseKeys keys = new ReleaseKeys(ConsulProcess.uniquePrefix("journal"));
    private final List<Lock> locks = new ArrayList<>();

    @After
    public void close() {
        locks.forEach(Lock::close);
        consul.close();
    }

    @Test
    public void aRecordIsReadAsItWasWritten() throws Exception {
        Lock lock = lock("web");
        ReleaseHead head = head("web", "r1", 0);
        Journal journal = Journal.begin(consul, keys, lock, head, Map.of("a", "{\"n\":1}", "b/c", "{\"n\":2}"));
        ReleaseHead over = head.ended(State.FAILED, START.plusSeconds(9), Optional.of("b/c: broken"));
        journal.write(Optional.of(over), Map.of("b/c", "{\"n\":3}"));

        Journal read = Journal.open(consul, keys, lock, "web", "r1").orElseThrow();

        assertThat(read.head()).isEqualTo(over);
        assertThat(read.hosts()).isEqualTo(Map.of("a", "{\"n\":1}", "b/c", "{\"n\":3}"));
        assertThat(Journal.hosts(consul, keys, "web", "r1")).isEqualTo(read.hosts());
        assertThat(Journal.open(consul, keys, lock, "web", "r2")).isEmpty();
    }

    @Test
    public void aThousandHostsAreRecorded() throws Exception {
        Map<String, String> hosts = new TreeMap<>();
        for (int i = 0; i < 1000; i++) {
            hosts.put("host" + i, "{\"n\":" + i + "}");
        }
        Lock lock = lock("web");
        Journal.begin(consul, keys, lock, head("web", "r1", 0), hosts);

        assertThat(Journal.open(consul, keys, lock, "web", "r1").orElseThrow().hosts())
                .isEqualTo(hosts);
    }

    @Test
    public void noApplicationsNameReachesIntoAnothersKeys() throws Exception {
        List<String> names = List.of("web", "web/lock", "..", ".", "a/../web", "%2E%2E", "grün und blau", "web/r1");
        for (String name : names) {
            Journal.begin(consul, keys, lock(name), head(name, "id of " + name, 0), Map.of("h", "{}"));
        }

        for (String name : names) {
            assertThat(Journal.releases(consul, keys, name)).singleElement().satisfies(head -> assertThat(head.app())
                    .isEqualTo(name));
            assertThat(Journal.find(consul, keys, "id of " + name).orElseThrow().app())
                    .isEqualTo(name);
        }
        assertThat(Journal.releases(consul, keys)).hasSize(names.size());
        assertThat(consul.kv().list(keys.all()))
                .as("a head, a host and a lock each")
                .hasSize(3 * names.size());
        assertThat(Journal.find(consul, keys, "lock")).isEmpty();
    }

    @Test
    public void whoLostTheLockWritesNothingMore() throws Exception {
        Lock lock = lock("web");
        Journal journal = Journal.begin(consul, keys, lock, head("web", "r1", 0), Map.of("a", "{}"));
        consul.sessions().destroy(lock.sessionId());

        assertThatThrownBy(() -> journal.write("a", "{\"late\":true}"))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("the lock " + keys.lock("web") + " is not ours any more")
                .hasMessageContaining("nothing more is done here");
        assertThat(Journal.hosts(consul, keys, "web", "r1")).containsEntry("a", "{}");
    }

    @Test
    public void whatSomebodyElseWroteIsNotWrittenOver() throws Exception {
        Journal journal = Journal.begin(consul, keys, lock("web"), head("web", "r1", 0), Map.of("a", "{}"));
        consul.kv().put(keys.host("web", "r1", "a"), "{\"by\":\"hand\"}");

        assertThatThrownBy(() -> journal.write("a", "{}")).isInstanceOf(JournalException.class);
        assertThat(Journal.hosts(consul, keys, "web", "r1")).containsEntry("a", "{\"by\":\"hand\"}");
    }

    @Test
    public void theLastReleasesAreKeptAndWhatWasNeverBegunIsForgotten() throws Exception {
        Lock lock = lock("web");
        Journal.begin(consul, keys, lock, head("web", "unfinished", 0), Map.of("a", "{}"));
        consul.kv().put(keys.host("web", "never-begun", "a"), "{}");
        for (int i = 1; i <= Journal.KEPT_RELEASES + 3; i++) {
            Journal journal = Journal.begin(consul, keys, lock, head("web", "r" + i, i), Map.of("a", "{}"));
            journal.write(journal.head().ended(State.SUCCEEDED, START, Optional.empty()));
        }

        List<ReleaseHead> kept = Journal.releases(consul, keys, "web");

        assertThat(kept).hasSize(Journal.KEPT_RELEASES + 1);
        assertThat(kept.get(0).id()).as("the newest first").isEqualTo("r" + (Journal.KEPT_RELEASES + 3));
        assertThat(kept.get(kept.size() - 1).id()).as("whatever its age").isEqualTo("unfinished");
        assertThat(Journal.hosts(consul, keys, "web", "r1")).isEmpty();
        assertThat(Journal.hosts(consul, keys, "web", "never-begun")).isEmpty();
    }

    @Test
    public void aHolderThatMayBeDeadIsWaitedForAndThatIsSaid() throws Exception {
        Lock held = lock("web");
        List<Holder> waitedFor = new ArrayList<>();

        assertThatThrownBy(() -> take("web", Duration.ZERO, waitedFor))
                .isInstanceOf(LockHeldException.class)
                .hasMessageContaining("somebody (build 1)");
        assertThat(waitedFor).isEmpty();

        assertThatThrownBy(() -> take("web", Duration.ofMillis(300), waitedFor)).isInstanceOf(LockHeldException.class);
        assertThat(waitedFor).extracting(Holder::who).containsExactly("somebody");

        held.close();
        locks.add(take("web", Duration.ofMillis(300), waitedFor));
    }

    // Private

    private Lock lock(String app) throws Exception {
        Lock lock = take(app, Duration.ZERO, new ArrayList<>());
        locks.add(lock);
        return lock;
    }

    private Lock take(String app, Duration patience, List<Holder> waitedFor) throws Exception {
        Holder holder = new Holder("somebody", "build 1", "release " + UUID.randomUUID(), START);
        return ReleaseLock.take(consul, keys, app, holder, Optional.empty(), Duration.ZERO, patience, waitedFor::add);
    }

    private static ReleaseHead head(String app, String id, int minute) {
        return new ReleaseHead(
                id,
                app,
                "rolling",
                State.RUNNING,
                "somebody",
                "build 1",
                START.plusSeconds(60L * minute),
                Optional.empty(),
                Optional.of("v1"),
                Optional.empty(),
                0,
                2,
                "{\"words\":{}}",
                "{}");
    }
}
