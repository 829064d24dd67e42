package io.jenkins.plugins.consuldeploy.time;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.runner.Description;
import org.junit.runner.notification.RunListener;

/**
 * Gives every test that awaits something, and does not say for how long, more time than a loaded machine takes to start a
 * process. The build names it to what runs the tests; whoever runs one by other means has Awaitility's ten seconds.
 */
public final class PatientTests extends RunListener {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Override
    public void testRunStarted(Description description) {
        Awaitility.setDefaultTimeout(LIMIT);
    }
}
