package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulEnvironment;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent is told when it starts.
 *
 * @param name     the node's name: the last part of its keys
 * @param consul   the Consul that it speaks to
 * @param grace    how long a running script has to end when the agent is stopped, before it is killed
 * @param warnings what was found in the files and has no effect
 */
public record AgentConfig(
        String name, ConsulConfig consul, Duration grace, List<DeploymentConfig> deployments, List<String> warnings) {

    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

    public AgentConfig {
        deployments = List.copyOf(deployments);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the configuration as Depro's agent does, with more fields: of a directory, every {@code *.json} in the order
     * of the names; a later file's values win, deployments add up.
     *
     * @param filesAndDirectories in the order in which they count
     * @param environment         Consul's own variables are what the files go on from
     * @throws BadInputException        naming file and field, or the line and column of what is no JSON
     * @throws IllegalArgumentException naming an environment variable that can't be read
     */
    public static AgentConfig read(List<Path> filesAndDirectories, Map<String, String> environment) {
        return read(filesAndDirectories, ConsulEnvironment.read(environment), Optional.empty());
    }

    /**
     * The same, going on from what a command line says.
     *
     * @param base what it says of Consul, over the environment
     * @param name of the node when the files give none; this host's when empty
     */
    public static AgentConfig read(List<Path> filesAndDirectories, ConsulConfig base, Optional<String> name) {
        return new ConfigReader(filesAndDirectories).read(base, name);
    }
}
