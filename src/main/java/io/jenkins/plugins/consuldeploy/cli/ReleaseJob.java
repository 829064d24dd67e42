package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.cli.ConsulCommand.Answer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.Releases.LeftBehindException;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.rolling.UpdateDriver;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs a release to its end, or what is left of it, and says how it ended and what to do next. */
final class ReleaseJob implements ConsulCommand.Job {

    private final Shell shell;
    private final String root;
    private final OutputOptions output;
    private final Opening opening;
    private final NextSteps next;
    private Optional<RollingRelease> opened = Optional.empty();
    private Optional<Outcome> outcome = Optional.empty();
    private long startedAt;
    private Duration took = Duration.ZERO;

    ReleaseJob(Shell shell, String root, OutputOptions output, NextSteps next, Opening opening) {
        this.shell = shell;
        this.root = root;
        this.output = output;
        this.opening = opening;
        this.next = next;
    }

    /** Finds out what there is to do. */
    interface Opening {
        Work open(Releases releases, RollingWords words, ReleaseView view)
                throws LockHeldException, LeftBehindException, InterruptedException;
    }

    /** What there is to do. */
    sealed interface Work {

        /** Run a release, which is closed then. */
        record Run(RollingRelease release, Update update, Duration updateTimeout) implements Work {}

        /** End a release in order, and close it. */
        record End(RollingRelease release, String why) implements Work {}

        /** Say this, and nothing else. */
        record Say(Answer answer) implements Work {}
    }

    @Override
    public Answer run(Consul consul)
            throws LockHeldException, LeftBehindException, ReleaseEndedException, InterruptedException {
        startedAt = consul.time().nanoTime();
        try (ReleaseView view = output.releaseView(shell, consul.time());
                OneLineLog log = OneLineLog.to(view::log, output.verbose());
                Surroundings with = new Surroundings(
                        consul, root, Whoami.in(shell.env()), AwsWords::overEnvironment, view::output)) {
            RollingWords words = new RollingWords(with);
            Releases releases = new Releases(consul, new ReleaseKeys(root), with.caller(), words);
            return answer(opening.open(releases, words, view));
        } finally {
            took = consul.time().since(startedAt);
        }
    }

    @Override
    public Failure explained(Failure failure) {
        return next.after(failure, opened.map(RollingRelease::outcome));
    }

    @Override
    public void addTo(JsonObject json) {
        outcome.or(() -> opened.map(RollingRelease::outcome)).ifPresent(ended -> {
            json.addProperty("id", ended.id());
            json.addProperty("app", ended.app());
            json.addProperty("state", ended.state().word());
            ended.reason().ifPresent(why -> json.addProperty("reason", why));
            json.add("done", TreeJson.array(ended.done()));
            JsonObject failed = new JsonObject();
            ended.failed().forEach(failed::addProperty);
            json.add("failed", failed);
            json.add("out", TreeJson.array(ended.out()));
            json.addProperty("seconds", took.toMillis() / 1000.0);
        });
    }

    // Private

    private Answer answer(Work work) throws ReleaseEndedException, InterruptedException {
        if (work instanceof Work.Say say) {
            return say.answer();
        }
        Outcome end = work instanceof Work.Run run ? run(run) : end((Work.End) work);
        outcome = Optional.of(end);
        if (work instanceof Work.Run && !end.succeeded()) {
            throw new ReleaseEndedException(end);
        }
        String hosts = end.done().size() + (end.done().size() == 1 ? " host" : " hosts") + " done";
        return new Answer(
                List.of(ReleaseEndedException.sentence(end) + " (" + hosts
                        + (end.out().isEmpty() ? "" : ", out of service: " + String.join(", ", end.out())) + ", "
                        + Durations.show(Duration.ofNanos(System.nanoTime() - startedAt)) + ")"),
                json -> {});
    }

    private Outcome run(Work.Run work) throws InterruptedException {
        try (RollingRelease release = work.release()) {
            opened = Optional.of(release);
            return UpdateDriver.run(release, work.update(), work.updateTimeout());
        }
    }

    private Outcome end(Work.End work) throws InterruptedException {
        try (RollingRelease release = work.release()) {
            opened = Optional.of(release);
            return release.abort(work.why());
        }
    }
}
