package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.event.NotAcknowledgedException;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A command that looks at something in Consul, or changes it. */
abstract class ConsulCommand implements Command {

    @Option(
            names = "--root",
            order = 90,
            paramLabel = "KEY",
            description = "Where our own keys stand, by default " + Tree.DEFAULT_ROOT
                    + ". All that work on the same must agree, agents too.")
    private String root = Tree.DEFAULT_ROOT;

    @ArgGroup(validate = false, order = 100, heading = "%nConsul:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @ArgGroup(validate = false, order = 200, heading = "%nOutput:%n")
    private OutputOptions output = new OutputOptions();

    /** What is left to do once every option was read and found good. */
    interface Job {

        Answer run(Consul consul)
                throws DeploymentFailedException, LockHeldException, LockLostException, LeftBehindException,
                        ReleaseEndedException, NotAcknowledgedException, SharedKey.ChangedMeanwhileException,
                        InterruptedException;

        /** The same failure with what only this command can say of it. */
        default Failure explained(Failure failure) {
            return failure;
        }

        /** Adds what it is about to the JSON, whether it went well or not. */
        default void addTo(JsonObject json) {}
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
    abstract Job job(Shell shell);

    /** What Depro's {@code -config} file says of Consul, for options that are not given. */
    Optional<DeproFile> defaults() {
        return Optional.empty();
    }

    /** @throws IllegalArgumentException when it can't be one */
    final String root() {
        return Tree.checkedRoot(root);
    }

    final OutputOptions output() {
        return output;
    }

    /** The options that lead to the same keys, for a command that is shown to people: without secrets. */
    final List<String> sameKeys() {
        List<String> words = connection.words();
        if (!root.equals(Tree.DEFAULT_ROOT)) {
            words.addAll(List.of("--root", root));
        }
        return words;
    }

    final List<String> sameKeys(List<String> more) {
        List<String> words = sameKeys();
        words.addAll(more);
        return words;
    }

    @Override
    public final int run(Shell shell) {
        Consul consul;
        Job job;
        try {
            output.checkFile();
            job = job(shell);
            consul = new Consul(connection.config(shell.env(), defaults()));
            connection.warnings().forEach(warning -> shell.err().println("warning: " + warning));
        } catch (IllegalArgumentException e) {
            return fail(shell, Failure.of(e));
        }
        try (consul) {
            Answer answer = job.run(consul);
            JsonObject json = new JsonObject();
            json.addProperty("command", name());
            json.addProperty("outcome", "done");
            json.addProperty("exit", Exit.DONE);
            job.addTo(json);
            answer.json().accept(json);
            json.addProperty("requests", consul.requests());
            output.result(shell, json, answer.text());
            return Exit.DONE;
        } catch (DeploymentFailedException
                | LockHeldException
                | LockLostException
                | LeftBehindException
                | ReleaseEndedException
                | NotAcknowledgedException
                | SharedKey.ChangedMeanwhileException
                | InterruptedException
                | RuntimeException e) {
            return fail(
                    shell,
                    job.explained(failure(e))
                            .with(job::addTo)
                            .with(json -> json.addProperty("requests", consul.requests())));
        }
    }

    // Private

    private String name() {
        return getClass().getAnnotation(picocli.CommandLine.Command.class).name();
    }

    private int fail(Shell shell, Failure failure) {
        failure.say(shell.err(), name(), output.verbose());
        output.result(shell, failure.json(name()), List.of());
        return failure.exit();
    }

    private static Failure failure(Exception e) {
        if (e instanceof IllegalArgumentException && !(e instanceof BadInputException)) {
            return Failure.unexpected(e); // all that was given has been read by now
        }
        return Failure.of(e);
    }
}
