package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.event.NotAcknowledgedException;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.journal.JournalException;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Version;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import java.io.PrintStream;
import java.util.function.Consumer;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How a command ended that did not do what it was to do.
 *
 * @param outcome the word for it in JSON
 * @param message for people: what is wrong and what to do next
 * @param details adds what only this failure has to its JSON
 */
record Failure(int exit, String outcome, String message, Consumer<JsonObject> details, Throwable cause) {

    static Failure of(Throwable e) {
        if (e instanceof ParameterException bad) {
            return badInput(parameterMessage(bad), e);
        }
        if (e instanceof BadInputException bad) {
            Failure failure = badInput(e.getMessage(), e);
            return failure.with(json -> json.addProperty("field", bad.field()));
        }
        if (e instanceof IllegalArgumentException) {
            return badInput(e.getMessage(), e);
        }
        if (e instanceof ConsulException.Interrupted || e instanceof InterruptedException) {
            return new Failure(Exit.INTERRUPTED, "interrupted", "interrupted", json -> {}, e);
        }
        if (e instanceof ConsulException) {
            return new Failure(Exit.CONSUL, "consul", e.getMessage(), json -> {}, e);
        }
        if (e instanceof LockHeldException held) {
            return locked(held);
        }
        if (e instanceof DeploymentFailedException failed) {
            return new Failure(Exit.FAILED, "failed", e.getMessage(), json -> addOutcome(json, failed), e);
        }
        if (e instanceof LockLostException || e instanceof JournalException) {
            return new Failure(Exit.FAILED, "lock-lost", e.getMessage(), json -> {}, e);
        }
        if (e instanceof ReleaseEndedException || e instanceof FleetException || e instanceof HandlerFailedException) {
            return new Failure(Exit.FAILED, "failed", e.getMessage(), json -> {}, e);
        }
        if (e instanceof NotAcknowledgedException silent) {
            return new Failure(Exit.FAILED, "not-acknowledged", e.getMessage(), json -> addNodes(json, silent), e);
        }
        if (e instanceof SharedKey.ChangedMeanwhileException) {
            return new Failure(Exit.FAILED, "changed-meanwhile", e.getMessage(), json -> {}, e);
        }
        if (e instanceof LeftBehindException left) {
            return new Failure(
                    Exit.LOCKED, "left-behind", e.getMessage(), json -> json.addProperty("left", left.id()), e);
        }
        return unexpected(e);
    }

    /** A mistake in this program. */
    static Failure unexpected(Throwable e) {
        return new Failure(
                Exit.FAILED,
                "failed",
                "this should not have happened: " + e
                        + ". Run it again with --verbose for the details, and report them",
                json -> {},
                e);
    }

    /** Says the message, and with {@code verbose} where in the program it came from. */
    void say(PrintStream err, String command, boolean verbose) {
        err.println("consul-deploy " + command + ": " + message);
        if (exit == Exit.BAD_INPUT) {
            err.println("Try 'consul-deploy " + command + " --help'.");
        }
        if (verbose) {
            cause.printStackTrace(err);
        }
    }

    JsonObject json(String command) {
        JsonObject object = new JsonObject();
        object.addProperty("command", command);
        object.addProperty("outcome", outcome);
        object.addProperty("exit", exit);
        object.addProperty("error", message);
        details.accept(object);
        return object;
    }

    /** The same with more in its JSON. */
    Failure with(Consumer<JsonObject> more) {
        return new Failure(exit, outcome, message, details.andThen(more), cause);
    }

    /** The same with more to say. */
    Failure saying(String more) {
        return new Failure(exit, outcome, message + more, details, cause);
    }

    // Private

    private static Failure badInput(String message, Throwable e) {
        return new Failure(Exit.BAD_INPUT, "bad-input", message, json -> {}, e);
    }

    private static String parameterMessage(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            return "unknown option '" + unmatched.getUnmatched().get(0) + "'"
                    + unmatched.getSuggestions().stream()
                            .findFirst()
                            .map(known -> "; did you mean '" + known + "'?")
                            .orElse("");
        }
        return e.getMessage();
    }

    private static Failure locked(LockHeldException e) {
        return new Failure(
                Exit.LOCKED, "locked", e.getMessage(), json -> json.add("holder", TreeJson.holder(e.holder())), e);
    }

    private static void addNodes(JsonObject json, NotAcknowledgedException e) {
        JsonObject failed = new JsonObject();
        e.failed().forEach(failed::addProperty);
        json.add("failed", failed);
        JsonObject missing = new JsonObject();
        e.missing().forEach(missing::addProperty);
        json.add("missing", missing);
    }

    private static void addOutcome(JsonObject json, DeploymentFailedException e) {
        json.addProperty("phase", e.phase().word());
        json.addProperty("current", e.outcome().current().map(Version::name).orElse(""));
        json.addProperty("rolledBack", e.outcome().rolledBack());
        JsonObject failed = new JsonObject();
        e.outcome()
                .failed()
                .forEach((node, report) ->
                        failed.add(node, report.map(TreeJson::report).orElseGet(JsonObject::new)));
        json.add("failed", failed);
        json.add("missing", TreeJson.array(e.outcome().missing()));
    }
}
