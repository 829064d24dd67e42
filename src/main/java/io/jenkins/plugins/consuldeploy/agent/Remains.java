package io.jenkins.plugins.consuldeploy.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * What an agent that was killed leaves behind it: its session at Consul, which holds its entries until it expires, and
 * the script that it ran, which goes on. Both are written down, so that the next one can put an end to them.
 */
final class Remains {

    private static final Logger LOG = Logger.getLogger(Remains.class.getName());

    private final Disk disk;
    private final Path session;
    private final Path script;
    private final Path draft;

    Remains(Disk disk, Path own) {
        this.disk = disk;
        this.session = own.resolve("session");
        this.script = own.resolve("script");
        this.draft = own.resolve("draft");
    }

    /** The session that was written down last. */
    Optional<String> session() throws IOException {
        return disk.read(session).map(String::strip).filter(id -> !id.isEmpty());
    }

    void rememberSession(String id) throws IOException {
        disk.replace(session, id, draft);
    }

    void rememberScript(ProcessHandle process) throws IOException {
        Optional<String> start = ProcessTree.startOf(process.pid());
        if (start.isPresent()) {
            disk.replace(script, process.pid() + " " + start.get(), draft);
        }
    }

    void forgetScript() throws IOException {
        disk.delete(script);
    }

    /** Ends the script of a former agent, with all that it has started, if its own process still runs. */
    void endScript(Duration grace) throws IOException {
        Optional<String> text = disk.read(script);
        if (text.isPresent()) {
            Optional<ProcessHandle> process = find(text.get().strip());
            if (process.isPresent()) {
                LOG.warning("the script that a former agent ran still runs (process "
                        + process.get().pid() + "); it is ended, and its work done anew");
                new ProcessTree(process.get()).end(grace, () -> {});
            }
            forgetScript();
        }
    }

    // Private

    /** The number alone could be another process's by now. */
    private static Optional<ProcessHandle> find(String text) {
        int blank = text.indexOf(' ');
        try {
            return blank < 0
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(text.substring(0, blank)))
                            .filter(ProcessTree::isAlive)
                            .filter(process ->
                                    ProcessTree.startOf(process.pid()).equals(Optional.of(text.substring(blank + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
