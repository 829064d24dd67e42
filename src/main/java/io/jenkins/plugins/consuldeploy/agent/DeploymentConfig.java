package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One application that an agent keeps at its version.
 *
 * @param id              what logs and scripts call it
 * @param path            where its versions lie on this host, as it was written; see {@link #directory()}
 * @param tree            where its versions stand in Consul
 * @param deploy          prepares a version in its directory, before anything that runs changes
 * @param rollout         makes a prepared version the one that runs
 * @param check           has to succeed after {@code rollout} before the version counts as active
 * @param clean           runs before a version's directory is removed
 * @param timeout         for each of these scripts
 * @param quarantineAfter how many failures of a version put an end to further tries
 * @param env             added to the scripts' environment
 */
public record DeploymentConfig(
        String id,
        String path,
        Tree tree,
        Shell shell,
        List<String> deploy,
        List<String> rollout,
        List<String> check,
        List<String> clean,
        Duration timeout,
        int quarantineAfter,
        Map<String, String> env) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
    public static final int DEFAULT_QUARANTINE_AFTER = 3;

    public DeploymentConfig {
        deploy = List.copyOf(deploy);
        rollout = List.copyOf(rollout);
        check = List.copyOf(check);
        clean = List.copyOf(clean);
        env = Map.copyOf(env);
    }

    /** The directory that {@link #path()} names. */
    public Path directory() {
        return Path.of(path).normalize();
    }
}
