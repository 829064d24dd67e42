package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Progress;
import java.io.PrintStream;
import java.util.Map;

/** A deployment of a build to nodes that have no agent of ours. */
interface AgentlessDeployment {

    /**
     * What it is carried out with.
     *
     * @param root       below which our own keys stand
     * @param remembered what an earlier run of the same call left behind
     * @param also       hears of progress, for what is remembered to be written down
     */
    record Surroundings(
            Consul consul, String root, Caller caller, Remembered remembered, Progress.Listener also, PrintStream log) {

        /** Something happened, in a sentence. */
        void note(String text) {
            also.happened(new Progress.Note(text));
            log.println(text);
        }
    }

    /**
     * Blocks until it is done.
     *
     * @return what the Jenkinsfile gets: a map of simple values
     * @throws AbortException       for every failure that can be expected, with a message for people
     * @throws InterruptedException when interrupted
     */
    Map<String, Object> carryOut(Surroundings with) throws AbortException, InterruptedException;
}
