package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * What an agent that was killed leaves behind it: its session at Consul, which holds its entries until it expires, and
 * the script that it ran, which goes on. Both are written down, so that the next one can put an end to them.
 */
final class Remains {

    /** The name of the variable that marks a script's process. */
    static final String MARK = "CONSUL_DEPLOY_SCRIPT";

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

    /**
     * Writes down that a script is about to be started.
     *
     * @return the text by which its process is found, as the value of {@link #MARK} in its environment
     */
    String rememberScript() throws IOException {
        String mark = ProcessHandle.current().pid() + "-" + System.nanoTime();
        disk.replace(script, mark, draft);
        return mark;
    }

    /** Writes down which process that is: from here on, what the script leaves behind is not taken for it. */
    void rememberProcess(String mark, ProcessHandle process) throws IOException {
        Optional<String> start = ProcessTree.startOf(process.pid());
        if (start.isPresent()) {
            disk.replace(script, mark + " " + process.pid() + " " + start.get(), draft);
        }
    }

    void forgetScript() throws IOException {
        disk.delete(script);
    }

    /** Ends the script of a former agent, with all that it has started, if its own process still runs. */
    void endScript(Duration grace) throws IOException {
        Optional<String> text = disk.read(script);
        if (text.isPresent()) {
            for (ProcessHandle process : find(text.get().strip().split(" "))) {
                LOG.warning("the script that a former agent ran still runs (process " + process.pid()
                        + "); it is ended, and its work done anew");
                new ProcessTree(process).end(grace, () -> {});
            }
            forgetScript();
        }
    }

    // Private

    private static List<ProcessHandle> find(String... fields) {
        if (fields.length < 3 || !fields[1].matches("\\d{1,18}")) { // a full disk may have cut it off
            return ProcessTree.withVariable(MARK, fields[0]);
        }
        // The number alone could be another process's by now.
        return ProcessTree.startOf(Long.parseLong(fields[1])).equals(Optional.of(fields[2]))
                ? ProcessHandle.of(Long.parseLong(fields[1])).filter(ProcessTree::isAlive).stream()
                        .toList()
                : List.of();
    }
}
