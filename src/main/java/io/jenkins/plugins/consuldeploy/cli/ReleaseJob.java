package io.jenkins.plugins.consuldeploy.cli;

import com.google.gson.JsonObject;
import io.jenkins.plugins.consuldeploy.cli.ConsulCommand.Answer;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.journal.Settler.LeftBehindException;
import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.Retries;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.rolling.NotifyingListener;
import io.jenkins.plugins.consuldeploy.rolling.Outcome;
import io.jenkins.plugins.consuldeploy.rolling.ReleaseText;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.rolling.UpdateDriver;
import io.jenkins.plugins.consuldeploy.spec.Audience;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.Channels;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs a release to its end, or what is left of it, and says how it ended and what to do next. */
final class ReleaseJob implements ConsulCommand.Job {

    private final Shell shell;
    private final String root;
    private final OutputOptions output;
    private final Optional<Path> channels;
    private final Opening opening;
    private final NextSteps next;
    private Optional<RollingRelease> opened = Optional.empty();
    private Optional<Outcome> outcome = Optional.empty();
    private Optional<NotifyingListener> told = Optional.empty();
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
        /** @param listeners gives what is to hear of a release that was read */
        Work open(Releases releases, RollingWords words, Function<RollingWords.Reading, RollingListener> listeners)
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
                Surroundings with = surroundings(consul, view)) {
            RollingWords words = new RollingWords(with);
            Releases releases = new Releases(consul, new ReleaseKeys(root), with.caller(), words);
            try {
                return answer(opening.open(releases, words, reading -> listener(reading, view, consul.time())));
            } finally {
                took = consul.time().since(startedAt);
                undelivered = told.map(NotifyingListener::close).orElse(List.of());
                undelivered.forEach(one -> view.log("warning: " + one));
            }
        }
    }

    @Override
    public Failure explained(Failure failure) {
        return next.after(failure, opened.map(RollingRelease::outcome), wasOver);
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

    private RollingListener listener(RollingWords.Reading reading, ReleaseView view, TimeSource time) {
        Audience audience = reading.audience();
        audience.missing().forEach(why -> view.log("warning: not everybody can be notified from here: " + why));
        NotifyingListener listener =
                new NotifyingListener(view, new Notifier(audience.channels(), Retries.DEFAULT, time));
        told = Optional.of(listener);
        return listener;
    }

    private Answer answer(Work work) throws ReleaseEndedException, InterruptedException {
        if (work instanceof Work.Say say) {
            return say.answer();
        }
        Outcome end = work instanceof Work.Run run ? run(run) : end((Work.End) work);
        outcome = Optional.of(end);
        if (work instanceof Work.Run && !end.succeeded()) {
            throw new ReleaseEndedException(end);
        }
        if (wasOver) {
            return new Answer(List.of(ReleaseText.sentence(end) + "; it was over already"), json -> {});
        }
        String hosts = end.done().size() + (end.done().size() == 1 ? " host" : " hosts") + " done";
        return new Answer(
                List.of(ReleaseText.sentence(end) + " (" + hosts
                        + (end.out().isEmpty() ? "" : ", out of service: " + String.join(", ", end.out())) + ", "
                        + Durations.show(Duration.ofNanos(System.nanoTime() - startedAt)) + ")"),
                json -> {});
    }

    private void open(RollingRelease release) {
        opened = Optional.of(release);
        wasOver = release.isOver();
    }

    private Outcome run(Work.Run work) throws InterruptedException {
        try (RollingRelease release = work.release()) {
            open(release);
            return UpdateDriver.run(release, work.update(), work.updateTimeout());
        }
    }

    private Outcome end(Work.End work) throws InterruptedException {
        try (RollingRelease release = work.release()) {
            open(release);
            return release.abort(work.why());
        }
    }
}
