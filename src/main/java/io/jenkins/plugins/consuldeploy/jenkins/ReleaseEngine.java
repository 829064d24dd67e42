package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.journal.Settler;
import io.jenkins.plugins.consuldeploy.notify.Undelivered;
import java.util.List;

/** What a build has its releases of one kind done by. Its making reads the words, and finds fault with them. */
interface ReleaseEngine {

    OpenRelease start() throws LockHeldException, Settler.LeftBehindException, InterruptedException;

    /** Goes on with one that an earlier run of the same build began. */
    OpenRelease resume(String id, String session) throws LockHeldException, InterruptedException;

    /** Waits a little for what is still to be notified. */
    List<Undelivered> close();
}
