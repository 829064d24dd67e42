package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.agent.Marker.Stage;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class StoreTest {

    private static final Version V1 = new Version("v1");
    private static final Instant WHEN = Instant.parse("2025-03-04T05:06:07Z");
    private static final Version V2 = new Version("v2");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path path;
    private Store store;

    @Before
    public void open() throws IOException {
        path = folder.getRoot().toPath().resolve("srv/app");
        store = Store.open(new Disk(), path);
    }

    @After
    public void close() throws IOException {
        store.close();
    }

    @Test
    public void beginsWithNothing() {
        assertThat(store.versions()).isEmpty();
        assertThat(store.running()).isEmpty();
        assertThat(store.lastActive()).isEmpty();
    }

    @Test
    public void doesNotTrustADirectoryThatIsHalfPrepared() throws IOException {
        Files.writeString(store.beginPreparing(V1).resolve("half"), "done");
        reopen();

        assertThat(store.isPrepared(V1)).isFalse();
        assertThat(store.versions()).containsExactly(V1);
        assertThat(store.beginPreparing(V1)).isEmptyDirectory();
    }

    @Test
    public void remembersWhatIsPrepared() throws IOException {
        prepare(V1);
        reopen();

        assertThat(store.isPrepared(V1)).isTrue();
        assertThat(store.running()).isEmpty();
    }

    @Test
    public void remembersWhatRuns() throws IOException {
        prepare(V1);
        activate(V1);
        reopen();

        assertThat(store.running()).contains(V1);
        assertThat(path.resolve("current")).hasContent("v1");
    }

    @Test
    public void isNotCertainWhatRunsFromARolloutsBeginToItsEnd() throws IOException {
        prepare(V1);
        activate(V1);
        prepare(V2);

        store.beginActivating(V2);
        reopen();

        assertThat(store.running()).isEmpty();
        assertThat(store.lastActive()).contains(V1);
        assertThat(store.isInUse(V1)).isTrue();
        assertThat(store.isInUse(V2)).isTrue();
        store.activated(V2);
        assertThat(store.running()).contains(V2);
        assertThat(store.isInUse(V1)).isFalse();
    }

    @Test
    public void isNotCertainThatRunsWhatIsPreparedAnew() throws IOException {
        prepare(V1);
        activate(V1);

        prepare(V1);
        reopen();

        assertThat(store.isPrepared(V1)).isTrue();
        assertThat(store.running()).isEmpty();
    }

    @Test
    public void remembersFailuresUntilTheVersionRuns() throws IOException {
        store.beginPreparing(V1);
        store.failed(V1, new ScriptResult(ScriptResult.Ending.FAILED, OptionalInt.of(7), List.of("why")), WHEN);
        store.failedAt(V1, 42);
        reopen();

        Marker marker = store.marker(V1);
        assertThat(marker)
                .isEqualTo(
                        new Marker(Stage.PREPARING, 1, true, 42, OptionalInt.of(7), List.of("why"), Optional.of(WHEN)));
        prepare(V1);
        assertThat(store.marker(V1).failed()).isFalse();
        assertThat(store.marker(V1).failures()).isEqualTo(1);
        activate(V1);
        assertThat(store.marker(V1).failures()).isZero();
    }

    @Test
    public void countsAFailureThatItCantWriteDown() throws IOException {
        store.close();
        store = Store.open(
                new Disk() {
                    @Override
                    void replace(Path file, String text, Path draft) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                path);

        assertThatThrownBy(() -> store.failed(V1, ScriptResult.failed("why"), WHEN))
                .isInstanceOf(IOException.class);
        assertThat(store.marker(V1).failures()).isEqualTo(1);
        assertThatThrownBy(() -> store.forgive(V1)).isInstanceOf(IOException.class);
        assertThat(store.marker(V1).failures())
                .as("what is not written down is not so")
                .isEqualTo(1);
    }

    @Test
    public void removesAVersionWithAllThatIsInItAndFollowsNoLink() throws IOException {
        Path outside = Files.writeString(folder.getRoot().toPath().resolve("outside"), "stays");
        prepare(V1);
        Files.createDirectories(store.directory(V1).resolve("a/b/c"));
        Files.createSymbolicLink(
                store.directory(V1).resolve("a/link"), folder.getRoot().toPath());
        Files.createSymbolicLink(store.directory(V1).resolve("file"), outside);

        store.beginRemoving(V1);
        assertThat(store.isPrepared(V1)).isFalse();
        store.removed(V1);

        assertThat(store.directory(V1)).doesNotExist();
        assertThat(outside).hasContent("stays");
        reopen();
        assertThat(store.versions()).isEmpty();
    }

    @Test
    public void doesNotTrustWhatIsHalfRemoved() throws IOException {
        prepare(V1);
        store.beginRemoving(V1);
        reopen();

        assertThat(store.versions()).containsExactly(V1);
        assertThat(store.isPrepared(V1)).isFalse();
    }

    @Test
    public void doesNotTrustAMarkerThatItCantRead() throws IOException {
        prepare(V1);
        Files.writeString(store.own().resolve("versions/v1"), "{\"stage\": \"PREP");
        reopen();

        assertThat(store.versions()).containsExactly(V1);
        assertThat(store.isPrepared(V1)).isFalse();
    }

    @Test
    public void takesOverWhatAnotherAgentSaysIsCurrent() throws IOException {
        Files.createDirectories(path.resolve("v1"));
        Files.createDirectories(path.resolve("v2"));
        Files.writeString(path.resolve("current"), "v1");
        reopen();

        store.adopt(Optional.of(V2));

        assertThat(store.running()).contains(V1);
        assertThat(store.isPrepared(V2)).as("it may be half prepared").isFalse();
        assertThat(store.versions()).containsExactly(V1);
    }

    @Test
    public void takesOverWhatIsToRunWhereNothingSaysWhatRuns() throws IOException {
        Files.createDirectories(path.resolve("v1"));
        Files.createDirectories(path.resolve("v2"));

        store.adopt(Optional.of(V2));
        reopen();
        store.adopt(Optional.of(V1));

        assertThat(store.isPrepared(V2)).isTrue();
        assertThat(store.running())
                .as("its rollout is run again, as Depro's agent does")
                .isEmpty();
        assertThat(store.isPrepared(V1)).as("only at the first start").isFalse();
    }

    @Test
    public void leavesDirectoriesAloneThatAreNotItsOwn() throws IOException {
        Files.createDirectories(path.resolve("shared"));
        prepare(V1);
        reopen();

        assertThat(store.versions()).containsExactly(V1);
    }

    @Test
    public void keepsWhatScriptsSaidFromOthers() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.own())))
                .isEqualTo("rwx------");
    }

    @Test
    public void takesAVersionWithTheLongestName() throws IOException {
        Version longest = new Version("v".repeat(255));

        prepare(longest);
        activate(longest);
        reopen();

        assertThat(store.running()).contains(longest);
    }

    private void prepare(Version version) throws IOException {
        store.beginPreparing(version);
        store.prepared(version);
    }

    private void activate(Version version) throws IOException {
        store.beginActivating(version);
        store.activated(version);
    }

    private void reopen() throws IOException {
        store.close();
        store = Store.open(new Disk(), path);
    }
}
