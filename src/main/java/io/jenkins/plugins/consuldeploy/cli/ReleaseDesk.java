package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.NotifyingSwitchListener;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchListener;
import io.jenkins.plugins.consuldeploy.bluegreen.Switches;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.notify.Notifier;
import io.jenkins.plugins.consuldeploy.notify.Retries;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import io.jenkins.plugins.consuldeploy.rolling.NotifyingListener;
import io.jenkins.plugins.consuldeploy.rolling.Releases;
import io.jenkins.plugins.consuldeploy.rolling.RollingListener;
import io.jenkins.plugins.consuldeploy.spec.Audience;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.SwitchWords;
import java.util.List;
import java.util.Optional;

/** Where releases of both kinds are begun and gone on with from a shell: each finds what dead ones of the other left. */
final class ReleaseDesk {

    private final Consul consul;
    private final ReleaseKeys keys;
    private final ReleaseView view;
    private final RollingWords rollingWords;
    private final SwitchWords switchWords;
    private final Releases releases;
    private final Switches switches;
    private Optional<Notifier> notifier = Optional.empty();

    ReleaseDesk(Consul consul, String root, Surroundings with, ReleaseView view) {
        this.consul = consul;
        this.keys = new ReleaseKeys(root);
        this.view = view;
        this.rollingWords = new RollingWords(with);
        this.switchWords = new SwitchWords(with);
        this.releases = new Releases(consul, keys, with.caller(), rollingWords);
        this.switches = new Switches(consul, keys, with.caller(), switchWords).alsoSettling(releases);
        releases.alsoSettling(switches);
    }

    Releases releases() {
        return releases;
    }

    RollingWords rollingWords() {
        return rollingWords;
    }

    Switches switches() {
        return switches;
    }

    SwitchWords switchWords() {
        return switchWords;
    }

    /**
     * The release with this id, of either kind.
     *
     * @throws io.jenkins.plugins.consuldeploy.phase.BadInputException when there is none
     */
    ReleaseHead find(String id) {
        return Journal.find(consul, keys, id)
                .filter(head -> head.kind().equals(Switches.KIND))
                .orElseGet(() -> releases.find(id));
    }

    /** What is to hear of a release that was read. */
    RollingListener listener(RollingWords.Reading reading) {
        return new NotifyingListener(view, notifier(reading.audience()));
    }

    SwitchListener listener(SwitchWords.Reading reading) {
        return new NotifyingSwitchListener(view, notifier(reading.audience()));
    }

    /** Waits a little for what is still to be delivered. */
    List<Undelivered> undelivered() {
        return notifier.map(one -> one.close(Notifier.LAST_WAIT)).orElse(List.of());
    }

    // Private

    private Notifier notifier(Audience audience) {
        audience.missing().forEach(why -> view.log("warning: not everybody can be notified from here: " + why));
        Notifier begun = new Notifier(audience.channels(), Retries.DEFAULT, consul.time());
        notifier = Optional.of(begun);
        return begun;
    }
}
