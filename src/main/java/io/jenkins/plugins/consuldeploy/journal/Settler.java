package io.jenkins.plugins.consuldeploy.journal;

import io.jenkins.plugins.consuldeploy.consul.Lock;

/**
 * Puts in order what dead holders left of releases of one kind. An application has one lock, whatever is done to it, so
 * whoever starts may find what another kind of release left.
 */
public interface Settler {

    /** The {@link ReleaseHead#kind()} that it knows. */
    String kind();

    /** Whether there is something to be put in order of this release, which is of its kind. */
    boolean wantsSettling(ReleaseHead head);

    /**
     * Puts it in order. It may be repeated.
     *
     * @param lock of its application, held by the caller
     * @param why  what becomes its reason
     */
    void settle(Journal journal, Lock lock, String why, ReleaseListener listener) throws InterruptedException;

    /** What a start does with a release of the same application whose holder is dead. */
    enum IfDead {
        /** Puts it in order, says so, and starts. */
        REPAIR,
        /** Refuses, naming it. */
        REFUSE
    }

    /** A release was left by a dead holder, and the caller wants to be asked first, or does not know its kind. */
    final class LeftBehindException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String id;

        LeftBehindException(ReleaseHead head) {
            super("the " + head.noun() + " " + head.id() + " of " + head.app() + ", started by " + head.who() + " ("
                    + head.build() + ") at " + head.started() + ", was left "
                    + head.state().word() + " with "
                    + head.doneWords() + " done. Go on with it: consul-deploy resume " + head.id()
                    + "; or start with ifDead 'repair', which puts it in order first");
            this.id = head.id();
        }

        /** The id of that release. */
        public String id() {
            return id;
        }
    }
}
