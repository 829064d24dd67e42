package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.fleet.HostCommand;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What words alone can't say: the Consul that is spoken to, credentials, who asks. It makes the clients of AWS, one for
 * each way of speaking to it, and closes them.
 */
public final class Surroundings implements AutoCloseable {

    private final Consul consul;
    private final String keyRoot;
    private final Caller caller;
    private final Function<Words, AwsConfig> awsConfigs;
    private final BiConsumer<String, String> output;
    private final Channels channels;
    private HostCommand.Runner commands = HostCommand.Runner.HERE;
    private final Map<AwsConfig, Aws> clients = new HashMap<>();

    /**
     * @param keyRoot    below which our own keys stand
     * @param awsConfigs how AWS is spoken to, from the word {@code aws}, which may have no fields
     * @param output     gets each line of a host's update: the host's name and the line
     * @param channels   that a release may name, to tell people and machines what becomes of it
     */
    public Surroundings(
            Consul consul,
            String keyRoot,
            Caller caller,
            Function<Words, AwsConfig> awsConfigs,
            BiConsumer<String, String> output,
            Channels channels) {
        this.consul = consul;
        this.keyRoot = keyRoot;
        this.caller = caller;
        this.awsConfigs = awsConfigs;
        this.output = output;
        this.channels = channels;
    }

    /** Where no channels are set up. */
    public Surroundings(
            Consul consul,
            String keyRoot,
            Caller caller,
            Function<Words, AwsConfig> awsConfigs,
            BiConsumer<String, String> output) {
        this(consul, keyRoot, caller, awsConfigs, output, Channels.NONE);
    }

    /** Has commands run elsewhere than on this machine. */
    public Surroundings withCommandsRunBy(HostCommand.Runner runner) {
        commands = runner;
        return this;
    }

    public Consul consul() {
        return consul;
    }

    public Caller caller() {
        return caller;
    }

    BiConsumer<String, String> output() {
        return output;
    }

    Channels channels() {
        return channels;
    }

    HostCommand.Runner commands() {
        return commands;
    }

    String keyRoot() {
        return keyRoot;
    }

    Tree tree(String prefix) {
        return Tree.of(prefix, keyRoot);
    }

    /** Finds fault with the words before any of them is used. */
    void checkAws(Words aws) {
        awsConfigs.apply(aws);
    }

    Aws aws(Words aws) {
        return clients.computeIfAbsent(awsConfigs.apply(aws), Aws::new);
    }

    @Override
    public void close() {
        clients.values().forEach(Aws::close);
    }
}
