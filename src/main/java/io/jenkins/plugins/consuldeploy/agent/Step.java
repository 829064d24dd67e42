package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.List;
import java.util.Optional;

/**
 * What an agent does next, from what Consul wants and what is here: the version that is to run first, then the others
 * that are registered, then what can go.
 *
 * @param version what it is done to; empty for {@link Kind#REST}
 */
record Step(Kind kind, Optional<Version> version) {

    enum Kind {
        /** Make its directory and run its deploy script. */
        PREPARE,
        /** Run its rollout and its checks. */
        ACTIVATE,
        /** Run its clean script and remove its directory. */
        CLEAN,
        /** Nothing, until there is something new or time for another try. */
        REST
    }

    static final Step REST = new Step(Kind.REST, Optional.empty());

    /** What is here. */
    interface Here {

        /** What lies on the disk. */
        List<Version> versions();

        boolean isPrepared(Version version);

        boolean isRunning(Version version);

        /** Whether it runs, or may run: nobody removes that. */
        boolean isInUse(Version version);

        /** Whether it has not failed too often, nor too short a time ago. */
        boolean mayTry(Version version);

        /** Whether its removal has not failed too short a time ago. */
        boolean mayRemove(Version version);
    }

    /**
     * @param effective  the version that the node is to run
     * @param registered all that it is to have on its disk, in the order of their turn
     */
    static Step next(Optional<Version> effective, List<Version> registered, Here here) {
        if (effective.isPresent() && here.mayTry(effective.get())) {
            if (!here.isPrepared(effective.get())) {
                return new Step(Kind.PREPARE, effective);
            }
            if (!here.isRunning(effective.get())) {
                return new Step(Kind.ACTIVATE, effective);
            }
        }
        for (Version version : registered) {
            if (!here.isPrepared(version) && here.mayTry(version)) {
                return new Step(Kind.PREPARE, Optional.of(version));
            }
        }
        if (registered.isEmpty() && effective.isEmpty()) {
            return REST; // nobody removes everything: this is a Consul that has lost its data
        }
        for (Version version : here.versions()) {
            boolean wanted = registered.contains(version) || effective.equals(Optional.of(version));
            if (!wanted && !here.isInUse(version) && here.mayRemove(version)) {
                return new Step(Kind.CLEAN, Optional.of(version));
            }
        }
        return REST;
    }
}
