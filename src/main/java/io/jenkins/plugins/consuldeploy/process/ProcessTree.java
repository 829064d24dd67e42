package io.jenkins.plugins.consuldeploy.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A process and all that it has started: its descendants, and on Linux whatever is in the session that it was
 * started as, so that what lost its parent on the way is found too. Only what made a session of its own and lost its
 * parent, a daemon, is not.
 */
public final class ProcessTree {

    /** Makes its command the leader of a session; in util-linux and BusyBox. */
    private static final String SESSION_STARTER = "setsid";

    private static final boolean SESSIONS = new File("/proc/self/stat").exists() && isOnPath(SESSION_STARTER);
    private static final int STATE = 0;
    private static final int SESSION = 3;
    private static final int START = 19;
    private static final String[] ENDED = new String[START + 1];
    private static final long LOOK_AGAIN_MILLIS = 20;
    private static final int KILL_ROUNDS = 50;

    private final ProcessHandle root;
    private final Map<Long, ProcessHandle> known = new HashMap<>();

    public ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    /** Whether a program can be started as a session of its own. */
    public static boolean hasSessions() {
        return SESSIONS;
    }

    /** What has to stand in front of a command for all that it starts to be found: nothing where there are no sessions. */
    public static List<String> sessionStarter() {
        return SESSIONS ? List.of(SESSION_STARTER) : List.of();
    }

    /**
     * Ends all of it: with SIGTERM, and what is left after the grace with SIGKILL. An interrupt does not shorten it.
     *
     * @param meanwhile is done again and again, so that none of it hangs in a full pipe
     */
    public void end(Duration grace, Runnable meanwhile) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + grace.toNanos();
        look();
        // First the one that could go on with its next command, or complain, when another has ended.
        root.destroy();
        known.values().forEach(ProcessHandle::destroy);
        int rounds = 0;
        while (isAlive() && rounds < KILL_ROUNDS) {
            if (System.nanoTime() >= deadline) {
                look(); // each round, for what was started meanwhile
                known.values().forEach(ProcessHandle::destroyForcibly);
                root.destroyForcibly();
                rounds++;
            }
            meanwhile.run();
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a process runs. One that nobody waits for any more stays a zombie, until the host's first process does. */
    public static boolean isAlive(ProcessHandle process) {
        return process.isAlive() && !"Z".equals(stat(process.pid())[STATE]);
    }

    /** When a process was started, by which it is told from a later one of the same number; empty when not known. */
    public static Optional<String> startOf(long pid) {
        return Optional.ofNullable(stat(pid)[START]);
    }

    /** The processes that were started with a variable of this value; none where there is no {@code /proc}. */
    public static List<ProcessHandle> withVariable(String name, String value) {
        String wanted = '\0' + name + "=" + value + '\0';
        List<ProcessHandle> found = new ArrayList<>();
        for (long pid : all()) {
            if (("\0" + read(pid, "environ") + "\0").contains(wanted)) {
                ProcessHandle.of(pid).ifPresent(found::add);
            }
        }
        return found;
    }

    // Private

    private boolean isAlive() {
        look();
        known.values().removeIf(process -> !isAlive(process));
        return isAlive(root) || !known.isEmpty();
    }

    private void look() {
        root.descendants().forEach(process -> known.put(process.pid(), process));
        if (SESSIONS) {
            lookForSession();
        }
    }

    private void lookForSession() {
        for (long pid : all()) {
            String[] stat = stat(pid);
            if (Long.toString(root.pid()).equals(stat[SESSION]) && !"Z".equals(stat[STATE])) {
                ProcessHandle.of(pid).ifPresent(process -> known.put(pid, process));
            }
        }
    }

    private static List<Long> all() {
        String[] names = new File("/proc").list((directory, name) -> Character.isDigit(name.charAt(0)));
        List<Long> pids = new ArrayList<>();
        for (String name : names == null ? new String[0] : names) {
            pids.add(Long.parseLong(name));
        }
        return pids;
    }

    /** See proc(5): {@code pid (comm) state ppid pgrp session …}, where the name may hold anything. */
    private static String[] stat(long pid) {
        String stat = read(pid, "stat");
        return stat.isEmpty()
                ? ENDED
                : stat.substring(stat.lastIndexOf(')') + 2).split(" ", START + 2);
    }

    /** Empty when the process has ended, or is somebody else's. */
    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(File.pathSeparator)) {
            if (new File(directory, program).canExecute()) {
                return true;
            }
        }
        return false;
    }
}
