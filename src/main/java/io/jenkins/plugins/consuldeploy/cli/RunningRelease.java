package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.bluegreen.BlueGreenSwitch;
import io.jenkins.plugins.consuldeploy.bluegreen.SwitchWork;
import io.jenkins.plugins.consuldeploy.bluegreen.WorkDriver;
import io.jenkins.plugins.consuldeploy.rolling.RollingRelease;
import io.jenkins.plugins.consuldeploy.rolling.Update;
import io.jenkins.plugins.consuldeploy.rolling.UpdateDriver;
import java.time.Duration;

/** A release of either kind whose lock is held until it is closed. */
sealed interface RunningRelease extends AutoCloseable {

    boolean isOver();

    /** How it stands. */
    ReleaseEnd end();

    /** Runs it to its end. */
    ReleaseEnd run() throws InterruptedException;

    /** Ends it in order. */
    ReleaseEnd abort(String why) throws InterruptedException;

    @Override
    void close();

    record Rolling(RollingRelease release, Update update, Duration updateTimeout) implements RunningRelease {

        @Override
        public boolean isOver() {
            return release.isOver();
        }

        @Override
        public ReleaseEnd end() {
            return new ReleaseEnd.Rolling(release.outcome());
        }

        @Override
        public ReleaseEnd run() throws InterruptedException {
            return new ReleaseEnd.Rolling(UpdateDriver.run(release, update, updateTimeout));
        }

        @Override
        public ReleaseEnd abort(String why) throws InterruptedException {
            return new ReleaseEnd.Rolling(release.abort(why));
        }

        @Override
        public void close() {
            release.close();
        }
    }

    record Switching(BlueGreenSwitch release, SwitchWork work) implements RunningRelease {

        @Override
        public boolean isOver() {
            return release.isOver();
        }

        @Override
        public ReleaseEnd end() {
            return new ReleaseEnd.Switched(release.outcome());
        }

        @Override
        public ReleaseEnd run() throws InterruptedException {
            return new ReleaseEnd.Switched(WorkDriver.run(release, work));
        }

        @Override
        public ReleaseEnd abort(String why) throws InterruptedException {
            return new ReleaseEnd.Switched(release.abort(why));
        }

        @Override
        public void close() {
            release.close();
        }
    }
}
