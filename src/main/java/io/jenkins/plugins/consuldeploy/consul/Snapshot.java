package io.jenkins.plugins.consuldeploy.consul;

/**
 * What Consul answered, and as of which index.
 *
 * @param index {@code X-Consul-Index}; it goes up with each change, and back when servers are restored
 */
public record Snapshot<T>(T value, long index) {}
