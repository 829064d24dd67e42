package io.jenkins.plugins.consuldeploy.phase;

/**
 * Who asks for a change, for whoever finds its lock.
 *
 * @param who   a person or a job
 * @param build the run: a build's URL, or host and process
 */
public record Caller(String who, String build) {}
