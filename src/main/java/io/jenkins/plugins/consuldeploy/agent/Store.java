package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.agent.Marker.Stage;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A deployment's directory on this host, and what is remembered of it in {@code .consul-deploy} there. Every change is
 * written down before it is made or after, so that an agent that is killed anywhere and started again knows what it can
 * trust: of two doubts, the one that does a thing again.
 *
 * <pre>
 * current                        the version that runs, put there after its rollout and checks
 * v7/                            a version
 * .consul-deploy/versions/v7     its marker
 * .consul-deploy/activating      is there from before a rollout until it has succeeded
 * .consul-deploy/managed         is there when what another agent had left was looked at
 * .consul-deploy/current         in the place of the first, where that is no file: a link that a script has made, say
 * </pre>
 */
final class Store implements Closeable {

    static final String OWN_DIRECTORY = ".consul-deploy";

    private static final String CURRENT = "current";
    private static final String ACTIVATING = "activating";
    private static final String MANAGED = "managed";
    private static final String MARKERS = "versions";

    private final Disk disk;
    private final Path directory;
    private final Path own;
    private final Path draft;
    private final Map<String, Marker> markers = new TreeMap<>();
    private Optional<Version> lastActive = Optional.empty();
    private Optional<String> activating = Optional.empty();
    private boolean managed;
    private Optional<PathLock> lock = Optional.empty();

    private Store(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
        this.own = directory.resolve(OWN_DIRECTORY);
        this.draft = own.resolve("draft");
    }

    /**
     * Opens what is there, or begins a new one; nobody else can until it is closed.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when another agent works there
     */
    static Store open(Disk disk, Path directory) throws IOException {
        Store store = new Store(disk, directory);
        Files.createDirectories(directory);
        if (!Files.exists(store.own)) {
            // Scripts may print what not everybody on the host should read.
            Files.createDirectory(
                    store.own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.createDirectories(store.own.resolve(MARKERS));
        store.lock = Optional.of(PathLock.take(store.own.resolve("lock"), directory.toString()));
        boolean read = false;
        try {
            store.read();
            read = true;
            return store;
        } finally {
            if (!read) {
                store.close();
            }
        }
    }

    /** Lets go of the directory; everything is written down already. */
    @Override
    public void close() throws IOException {
        if (lock.isPresent()) {
            lock.get().close();
        }
    }

    /** Where the agent keeps what is its own. */
    Path own() {
        return own;
    }

    /** Where a version lies. */
    Path directory(Version version) {
        return directory.resolve(version.name());
    }

    /** What lies here, prepared, half prepared or half removed. */
    List<Version> versions() {
        List<Version> versions = new ArrayList<>();
        markers.keySet().forEach(name -> versions.add(new Version(name)));
        return versions;
    }

    /** What is remembered of a version; for one that is not here, what is remembered of a new one. */
    Marker marker(Version version) {
        return markers.getOrDefault(version.name(), Marker.NEW);
    }

    boolean isPrepared(Version version) {
        return marker(version).isPrepared() && Files.isDirectory(directory(version));
    }

    /** The version whose rollout and checks succeeded last, and that no other rollout was begun after. */
    Optional<Version> running() {
        return activating.isPresent() ? Optional.empty() : lastActive.filter(this::isPrepared);
    }

    /** The version that was active last, whatever was begun after. */
    Optional<Version> lastActive() {
        return lastActive;
    }

    /** Whether a version runs, or may run: it was active last, or a rollout of it was begun. */
    boolean isInUse(Version version) {
        return lastActive.equals(Optional.of(version)) || activating.equals(Optional.of(version.name()));
    }

    // Changes, in the order of a version's life

    /** An empty directory for a version, which is not to be trusted until {@link #prepared}. */
    Path beginPreparing(Version version) throws IOException {
        if (activating.isEmpty() && lastActive.equals(Optional.of(version))) {
            beginActivating(version); // what ran out of this directory has to be rolled out again
        }
        note(version, marker(version).at(Stage.PREPARING));
        disk.makeAnew(directory(version));
        return directory(version);
    }

    void prepared(Version version) throws IOException {
        note(version, marker(version).at(Stage.PREPARED).succeeded());
    }

    /** What runs is not certain from here on, until {@link #activated}. */
    void beginActivating(Version version) throws IOException {
        disk.mark(own.resolve(ACTIVATING), version.name());
        activating = Optional.of(version.name());
    }

    void activated(Version version) throws IOException {
        disk.replaceDurably(currentFile(), version.name(), draft);
        lastActive = Optional.of(version);
        if (marker(version).failures() > 0) {
            note(version, marker(version).forgiven());
        }
        disk.delete(own.resolve(ACTIVATING));
        activating = Optional.empty();
    }

    /** A failure counts also when it can't be written down. */
    void failed(Version version, ScriptResult result, Instant when) throws IOException {
        Marker marker = marker(version).failedOnceMore(result, when);
        markers.put(version.name(), marker);
        disk.replace(markerFile(version.name()), marker.toJson(), draft);
    }

    /** Which registration the failure belongs to: a later one is a new chance. */
    void failedAt(Version version, long registration) throws IOException {
        note(version, marker(version).registeredAt(registration));
    }

    /** It was registered anew. */
    void forgive(Version version) throws IOException {
        note(version, marker(version).forgiven());
    }

    void beginRemoving(Version version) throws IOException {
        note(version, marker(version).at(Stage.REMOVING));
    }

    void removed(Version version) throws IOException {
        disk.removeTree(directory(version));
        disk.delete(markerFile(version.name()));
        markers.remove(version.name());
    }

    /**
     * Takes over what another agent, Depro's, had left, once: the version that it says is current here, or else the one
     * that is to run, is taken for prepared when it has a directory, because that directory may be in use. Every other
     * one is prepared anew when its turn comes.
     */
    void adopt(Optional<Version> effective) throws IOException {
        if (managed) {
            return;
        }
        Optional<Version> inUse = lastActive.or(() -> effective);
        if (inUse.isPresent()
                && !markers.containsKey(inUse.get().name())
                && Files.isDirectory(directory(inUse.get()))) {
            note(inUse.get(), Marker.NEW.at(Stage.PREPARED));
        }
        disk.replace(own.resolve(MANAGED), "", draft);
        managed = true;
    }

    // Private

    /** A rollout may have made a link or a directory of this name; that is not ours to overwrite. */
    private Path currentFile() {
        Path file = directory.resolve(CURRENT);
        boolean free =
                !Files.exists(file, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        return free ? file : own.resolve(CURRENT);
    }

    private void read() throws IOException {
        lastActive = disk.read(directory.resolve(CURRENT)).flatMap(Version::read);
        if (lastActive.isEmpty()) {
            lastActive = disk.read(own.resolve(CURRENT)).flatMap(Version::read);
        }
        activating = disk.read(own.resolve(ACTIVATING));
        managed = disk.read(own.resolve(MANAGED)).isPresent();
        readMarkers();
    }

    private void readMarkers() throws IOException {
        File[] files = own.resolve(MARKERS).toFile().listFiles();
        if (files == null) {
            throw new IOException("the directory " + own.resolve(MARKERS) + " can't be read");
        }
        for (File file : files) {
            String text = disk.read(file.toPath()).orElse("");
            try {
                markers.put(new Version(file.getName()).name(), Marker.fromJson(text));
            } catch (BadInputException e) {
                disk.delete(file.toPath()); // nothing of ours
            }
        }
    }

    private void note(Version version, Marker marker) throws IOException {
        if (!marker.equals(markers.get(version.name()))) {
            disk.replace(markerFile(version.name()), marker.toJson(), draft);
            markers.put(version.name(), marker);
        }
    }

    private Path markerFile(String version) {
        return own.resolve(MARKERS).resolve(version);
    }
}
