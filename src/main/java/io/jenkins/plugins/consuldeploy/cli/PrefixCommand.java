package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.DeploymentFailedException;
import io.jenkins.plugins.consuldeploy.phase.LockLostException;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command that looks at a prefix in Consul, or changes it. */
abstract class PrefixCommand extends ConsulCommand {

    @Option(
            names = "--prefix",
            order = 1,
            paramLabel = "PREFIX",
            description = "The key prefix of the application, such as api/version.")
    private Optional<String> prefix = Optional.empty();

    @Option(
            names = "--config",
            order = 91,
            paramLabel = "FILE",
            description = "A configuration file of Depro's tool (JSON). Options win over what it says.")
    private Optional<String> config = Optional.empty();

    private Optional<DeproFile> defaults = Optional.empty();

    /** What is left to do once every option was read and found good. */
    interface Task {
        Answer run(Consul consul, Progress.Listener listener)
                throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException;
    }

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
    Job job(Shell shell) {
        defaults = config.map(name -> DeproFile.read(Path.of(name)));
        DeproFile read = defaults.orElse(DeproFile.EMPTY);
        Tree tree = Tree.of(prefix.or(read::prefix).orElseThrow(PrefixCommand::noPrefix), root());
        Task task = task(new Request(tree, Whoami.in(shell.env()), read, output().verbose()));
        return new OfPrefix(shell, tree, task, output());
    }

    @Override
    final Optional<DeproFile> defaults() {
        return defaults;
    }

    final boolean hasPrefix() {
        return prefix.isPresent();
    }

    // Private

    private record OfPrefix(Shell shell, Tree tree, Task task, OutputOptions output, Course course) implements Job {

        OfPrefix(Shell shell, Tree tree, Task task, OutputOptions output) {
            this(shell, tree, task, output, new Course());
        }

        @Override
        public Answer run(Consul consul)
                throws DeploymentFailedException, LockHeldException, LockLostException, InterruptedException {
            try (Display display = output.display(shell, consul.time());
                    OneLineLog log = OneLineLog.to(display::log, output.verbose())) {
                Answer answer = task.run(consul, progress -> {
                    course.happened(progress);
                    display.happened(progress);
                });
                return new Answer(answer.text(), json -> {
                    json.addProperty("prefix", tree.prefix());
                    answer.json().accept(json);
                });
            }
        }

        @Override
        public Failure explained(Failure failure) {
            Failure here = failure.with(json -> json.addProperty("prefix", tree.prefix()))
                    .with(course::addTo);
            if (failure.exit() == Exit.LOCKED) {
                return here.saying(
                        "\nWait until it is done. If it is dead: consul-deploy unlock --prefix " + tree.prefix());
            }
            if (failure.exit() == Exit.INTERRUPTED) {
                return here.saying(". "
                                + course.stateLeft()
                                        .orElse("Look at what state is left: consul-deploy query --prefix "
                                                + tree.prefix()))
                        .with(json -> course.stateLeft().ifPresent(note -> json.addProperty("state", note)));
            }
            return here;
        }
    }

    private static BadInputException noPrefix() {
        return new BadInputException(
                "prefix", "it is missing; give the key prefix of the application, such as --prefix api/version");
    }
}
