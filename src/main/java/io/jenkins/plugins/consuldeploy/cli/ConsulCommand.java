package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A command that looks at a prefix in Consul, or changes it. */
abstract class ConsulCommand implements Command {

    @Option(
            names = "--prefix",
            order = 1,
            paramLabel = "PREFIX",
            description = "The key prefix of the application, such as api/version.")
    private Optional<String> prefix = Optional.empty();

    @Option(
            names = "--root",
            order = 90,
            paramLabel = "KEY",
            description = "Where our own keys stand, by default " + Tree.DEFAULT_ROOT
                    + ". All that work on a prefix must agree, its agents too.")
    private String root = Tree.DEFAULT_ROOT;

    @Option(
            names = "--config",
            order = 91,
            paramLabel = "FILE",
            description = "A configuration file of Depro's tool (JSON). Options win over what it says.")
    private Optional<String> config = Optional.empty();

    @ArgGroup(validate = false, order = 100, heading = "%nConsul:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @ArgGroup(validate = false, order = 200, heading = "%nOutput:%n")
    private OutputOptions output = new OutputOptions();

    /** What is left to do once every option was read and found good. */
    interface Task {
        Answer run(Consul consul, Progress.Listener listener)
                throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
    }

    /**
     * What a command that went well has to say.
     *
     * @param text for people, line by line
     * @param json adds the same to the JSON object
     */
    record Answer(List<String> text, Consumer<JsonObject> json) {}

    /**
     * Reads the command's own options.
     *
     * @throws IllegalArgumentException naming the option, what it was given, and what would be accepted
     */
    abstract Task task(Request request);

    /**
     * What the common options said.
     *
     * @param defaults what Depro's {@code -config} file said, for options that are not given
     */
    record Request(Tree tree, Caller caller, DeproFile defaults, boolean verbose) {}

    @Override
    public final int run(Shell shell) {
        Consul consul;
        Task task;
        Tree tree;
        try {
            DeproFile defaults =
                    config.map(name -> DeproFile.read(Path.of(name))).orElse(DeproFile.EMPTY);
            tree = Tree.of(prefix.or(defaults::prefix).orElseThrow(ConsulCommand::noPrefix), root);
            output.checkFile();
            task = task(new Request(tree, Whoami.in(shell.env()), defaults, output.verbose()));
            consul = new Consul(connection.config(shell.env(), Optional.of(defaults)));
            connection.warnings().forEach(warning -> shell.err().println("warning: " + warning));
        } catch (IllegalArgumentException e) {
            return fail(shell, Failure.of(e));
        }
        Course course = new Course();
        try (consul) {
            Answer answer;
            try (Display display = output.display(shell, consul.time());
                    OneLineLog log = OneLineLog.to(display, output.verbose())) {
                answer = task.run(consul, progress -> {
                    course.happened(progress);
                    display.happened(progress);
                });
            }
            output.result(shell, json(answer, tree, consul.requests()), answer.text());
            return Exit.DONE;
        } catch (DeploymentFailedException
                | LockHeldException
                | LockLostException
                | InterruptedException
                | RuntimeException e) {
            return fail(
                    shell,
                    failure(e, course, tree)
                            .with(json -> json.addProperty("prefix", tree.prefix()))
                            .with(course::addTo)
                            .with(json -> json.addProperty("requests", consul.requests())));
        }
    }

    // Private

    private String name() {
        return getClass().getAnnotation(picocli.CommandLine.Command.class).name();
    }

    private JsonObject json(Answer answer, Tree tree, long requests) {
        JsonObject json = new JsonObject();
        json.addProperty("command", name());
        json.addProperty("outcome", "done");
        json.addProperty("exit", Exit.DONE);
        json.addProperty("prefix", tree.prefix());
        answer.json().accept(json);
        json.addProperty("requests", requests);
        return json;
    }

    private int fail(Shell shell, Failure failure) {
        failure.say(shell.err(), name(), output.verbose());
        output.result(shell, failure.json(name()), List.of());
        return failure.exit();
    }

    private static Failure failure(Exception e, Course course, Tree tree) {
        if (e instanceof IllegalArgumentException && !(e instanceof BadInputException)) {
            return Failure.unexpected(e); // all that was given has been read by now
        }
        Failure failure = Failure.of(e);
        if (e instanceof LockHeldException) {
            return failure.saying(
                    "\nWait until it is done. If it is dead: consul-deploy unlock --prefix " + tree.prefix());
        }
        if (failure.exit() == Exit.INTERRUPTED) {
            return failure.saying(". "
                            + course.stateLeft()
                                    .orElse("Look at what state is left: consul-deploy query --prefix "
                                            + tree.prefix()))
                    .with(json -> course.stateLeft().ifPresent(note -> json.addProperty("state", note)));
        }
        return failure;
    }

    private static BadInputException noPrefix() {
        return new BadInputException(
                "prefix", "it is missing; give the key prefix of the application, such as --prefix api/version");
    }
}
