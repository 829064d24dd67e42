package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.consul.Lock;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Deployer;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "unlock",
        description =
                "Takes the lock of a prefix, or of an application's releases, away from whoever holds it. A deployment or a"
                        + " release that still runs then stops at its next write, with nodes and hosts in whatever state they"
                        + " are: look with 'query' or 'releases' first. A dead holder's lock goes by itself: a"
                        + " deployment's within two minutes, a release's within half a minute.",
        customSynopsis = "unlock (--prefix PREFIX | --app APP) [OPTIONS]",
        sortOptions = false,
        footer = {"", "Examples:", "  consul-deploy unlock --prefix api/version", "  consul-deploy unlock --app web"})
final class UnlockCommand extends PrefixCommand {

    @Option(
            names = "--app",
            order = 2,
            paramLabel = "APP",
            description = "The application whose release is to lose its lock.")
    private Optional<String> app = Optional.empty();

    @Override
    Job job(Shell shell) {
        if (app.isEmpty()) {
            return super.job(shell);
        }
        if (hasPrefix()) {
            throw new BadInputException("app", app.get(), "--prefix is given too; give one of the two");
        }
        String name = app.get();
        String key = new ReleaseKeys(root()).lock(name);
        return consul -> Answers.unlocked(name, Lock.breakLock(consul, key));
    }

    @Override
    Task task(Request request) {
        return (consul, listener) -> Answers.unlocked(
                request.tree().prefix(), new Deployer(consul, request.tree(), request.caller()).unlock());
    }
}
