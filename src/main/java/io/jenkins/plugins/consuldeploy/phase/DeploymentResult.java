package io.jenkins.plugins.consuldeploy.phase;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a deployment that succeeded did.
 *
 * @param previous the version that was current before; empty at the first deployment ever
 * @param nodes    those that were seen to run the version
 * @param took     how long each phase took
 */
public record DeploymentResult(
        Version version, Optional<Version> previous, List<String> nodes, Map<Phase, Duration> took) {}
