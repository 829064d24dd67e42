package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;

/**
 * What could get in a release's way and is kept still meanwhile: auto scaling processes, alarms.
 *
 * <p>What is suspended already when the release starts is somebody else's, and is left as it is. So it goes in three
 * steps, and the release records the first one's answer before it does the second: {@link #toSuspend}, {@link #suspend},
 * and {@link #resume} of exactly that, also by a later run that finds the record. Each may be repeated.
 */
public interface Suspension {

    /** By which the record finds it again: unique within a release, such as {@code autoScaling:web-asg}. */
    String name();

    /** What is running now and is to be suspended: names of processes or alarms. It changes nothing. */
    List<String> toSuspend() throws InterruptedException;

    /** Suspends these. */
    void suspend(List<String> items) throws InterruptedException;

    /** Lets these run again. */
    void resume(List<String> items) throws InterruptedException;
}
