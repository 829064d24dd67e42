package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code consul-deploy}: finds the command, gives it its words, and turns what came of it into an exit code. It knows
 * nothing of picocli, whose loading the agent's start does without.
 */
public final class Main {

    private static final List<String> HELP = List.of("help", "--help", "-help", "-h");
    private static final List<String> VERSION = List.of("version", "--version", "-version");
    /** What Java makes of a byte that the locale's encoding does not have. */
    private static final String UNREADABLE = "\uFFFD";

    private Main() {}

    /** Runs the words and ends the JVM with their exit code. */
    public static void main(String[] args) {
        keepLogging();
        // Whatever the locale says, names and JSON are UTF-8.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Map<String, String> env = System.getenv();
        Interrupts interrupts = Interrupts.catchFor(Thread.currentThread(), insistAfter(args));
        int exit = run(args, new Shell(out, err, env, () -> Terminal.ofStandardOutput(env)));
        out.flush();
        err.flush();
        interrupts.ended(exit);
        System.exit(exit);
    }

    /**
     * Runs the words in this JVM. An interrupt of the calling thread ends it as Ctrl-C does.
     *
     * @return the exit code: 0 done, 1 failed, 2 bad input, 3 Consul unreachable or forbidding, 4 locked by another,
     *         130 interrupted
     */
    public static int run(String[] args, PrintStream out, PrintStream err, Map<String, String> env) {
        return run(args, new Shell(out, err, env, Optional::empty));
    }

    // Private

    static int run(String[] args, Shell shell) {
        String word = args.length == 0 ? "" : args[0];
        if (VERSION.contains(word)) {
            shell.out().println("consul-deploy " + version());
            return Exit.DONE;
        }
        if (HELP.contains(word)) {
            return args.length == 1 ? Commands.help(shell) : run(new String[] {args[1], "--help"}, shell);
        }
        Optional<Command> command = Commands.named(word);
        if (command.isEmpty()) {
            String problem = word.isEmpty() ? "which command?" : "there is no command '" + word + "'.";
            shell.err()
                    .println("consul-deploy: " + problem + " There are: " + String.join(", ", Commands.NAMES)
                            + "\nTry 'consul-deploy --help'.");
            return Exit.BAD_INPUT;
        }
        return run(command.get(), word, List.of(args).subList(1, args.length), shell);
    }

    private static int run(Command command, String name, List<String> args, Shell shell) {
        try {
            checkReadable(args);
            boolean help = !command.readQuickly(args) && Commands.wantsHelp(command, name, args, shell);
            return help ? Exit.DONE : command.run(shell);
        } catch (DeploymentFailedException
                | LockHeldException
                | LockLostException
                | InterruptedException
                | RuntimeException e) {
            boolean json = args.contains("--json") || args.contains("-json");
            boolean verbose = args.contains("--verbose") || args.contains("-v");
            Failure failure = Failure.of(e);
            failure.say(shell.err(), name, verbose);
            if (json) {
                shell.out().println(failure.json(name));
            }
            return failure.exit();
        }
    }

    /** Before anything logs. The class itself must not be initialized for it, or Java's own manager is chosen. */
    private static void keepLogging() {
        if (System.getProperty("java.util.logging.manager") == null) {
            System.setProperty("java.util.logging.manager", LastingLogs.class.getName());
        }
    }

    /** A release is ended in order when it is interrupted, for which balancers may have to be asked several times. */
    private static Optional<Duration> insistAfter(String[] args) {
        return switch (args.length == 0 ? "" : args[0]) {
            case Commands.AGENT -> Optional.empty();
            case Commands.ROLL, Commands.SWITCH, Commands.RESUME, Commands.EVENT, Commands.KEY ->
                Optional.of(Duration.ofSeconds(30));
            default -> Optional.of(Duration.ofSeconds(3));
        };
    }

    private static void checkReadable(List<String> args) {
        for (String arg : args) {
            if (arg.contains(UNREADABLE)) {
                throw new IllegalArgumentException("'" + arg.replace(UNREADABLE, "?")
                        + "' can't be read in this locale; set LC_ALL to one with UTF-8, such as C.UTF-8");
            }
        }
    }

    /** As the jar's manifest has it. */
    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("(built from source)");
    }
}
