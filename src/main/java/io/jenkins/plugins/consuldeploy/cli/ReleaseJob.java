package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.cli.ConsulCommand.Answer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.Channels;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a release to its end, or what is left of it, and says how it ended and what to do next. */
final class ReleaseJob implements ConsulCommand.Job {

    private final Shell shell;
    private final String root;
    private final OutputOptions output;
    private final Optional<Path> channels;
    private final Opening opening;
    private final NextSteps next;
    private Optional<RunningRelease> opened = Optional.empty();
    private Optional<ReleaseEnd> outcome = Optional.empty();
    private List<Undelivered> undelivered = List.of();
    private boolean wasOver;
    private long startedAt;
    private Duration took = Duration.ZERO;

    /** @param channels the file of the channels that a release may name */
    ReleaseJob(
            Shell shell, String root, OutputOptions output, Optional<Path> channels, NextSteps next, Opening opening) {
        this.channels = channels;
        this.shell = shell;
        this.root = root;
        this.output = output;
        this.opening = opening;
        this.next = next;
    }

    /** Finds out what there is to do. */
    interface Opening {
        Work open(ReleaseDesk desk) throws LockHeldException, LeftBehindException, InterruptedException;
    }

    /** What there is to do. */
    sealed interface Work {

        /** Run a release, which is closed then. */
        record Run(RunningRelease release) implements Work {}

        /** End a release in order, and close it. */
        record End(RunningRelease release, String why) implements Work {}

        /** Say this, and nothing else. */
        record Say(Answer answer) implements Work {}
    }

    @Override
    public Answer run(Consul consul)
            throws LockHeldException, LeftBehindException, ReleaseEndedException, InterruptedException {
        startedAt = consul.time().nanoTime();
        try (ReleaseView view = output.releaseView(shell, consul.time());
                OneLineLog log = OneLineLog.to(view::log, output.verbose());
                Surroundings with = surroundings(consul, view)) {
            ReleaseDesk desk = new ReleaseDesk(consul, root, with, view);
            try {
                return answer(opening.open(desk));
            } finally {
                took = consul.time().since(startedAt);
                undelivered = desk.undelivered();
                undelivered.forEach(one -> view.log("warning: " + one));
            }
        }
    }

    @Override
    public Failure explained(Failure failure) {
        return next.after(failure, opened.map(RunningRelease::end), wasOver);
    }

    @Override
    public void addTo(JsonObject json) {
        outcome.or(() -> opened.map(RunningRelease::end)).ifPresent(ended -> {
            json.addProperty("id", ended.id());
            json.addProperty("app", ended.app());
            json.addProperty("state", ended.state().word());
            ended.reason().ifPresent(why -> json.addProperty("reason", why));
            ended.addTo(json);
            json.addProperty("seconds", took.toMillis() / 1000.0);
            json.add(
                    "undelivered",
                    TreeJson.array(
                            undelivered.stream().map(Undelivered::toString).toList()));
        });
    }

    // Private

    private Surroundings surroundings(Consul consul, ReleaseView view) {
        Channels known = new ShellChannels(channels, shell.env(), consul.time(), view::log);
        return new Surroundings(consul, root, Whoami.in(shell.env()), AwsWords::overEnvironment, view::output, known);
    }

    private Answer answer(Work work) throws ReleaseEndedException, InterruptedException {
        if (work instanceof Work.Say say) {
            return say.answer();
        }
        ReleaseEnd end = work instanceof Work.Run run ? run(run) : end((Work.End) work);
        outcome = Optional.of(end);
        if (work instanceof Work.Run && end.state() != ReleaseHead.State.SUCCEEDED) {
            throw new ReleaseEndedException(end);
        }
        if (wasOver) {
            return new Answer(List.of(end.sentence() + "; it was over already"), json -> {});
        }
        List<String> lines = new ArrayList<>();
        lines.add(end.sentence() + " (" + end.done() + ", "
                + Durations.show(Duration.ofNanos(System.nanoTime() - startedAt)) + ")");
        if (work instanceof Work.Run) {
            lines.addAll(next.after(end));
        }
        return new Answer(lines, json -> {});
    }

    private void open(RunningRelease release) {
        opened = Optional.of(release);
        wasOver = release.isOver();
    }

    private ReleaseEnd run(Work.Run work) throws InterruptedException {
        try (RunningRelease release = work.release()) {
            open(release);
            return release.run();
        }
    }

    private ReleaseEnd end(Work.End work) throws InterruptedException {
        try (RunningRelease release = work.release()) {
            open(release);
            return release.abort(work.why());
        }
    }
}
