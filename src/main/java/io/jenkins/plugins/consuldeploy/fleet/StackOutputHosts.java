package io.jenkins.plugins.consuldeploy.fleet;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * The hosts that an output of a CloudFormation stack names. What it names shows in its value:
 *
 * <ul>
 *   <li>the ARN of a target group: its targets, as {@link TargetGroupHosts};
 *   <li>the ARN or the name of an auto scaling group: its instances, as {@link AutoScalingGroupHosts};
 *   <li>instance ids, with commas or spaces between them: those that run;
 *   <li>addresses, {@code 10.0.0.5} or {@code app1.example.com:8080}, likewise: each is a host.
 * </ul>
 *
 * <p>A single word with a dot or a colon in it is an address; an auto scaling group whose name has one is named by its ARN.
 */
public final class StackOutputHosts implements HostSource {

    private static final Pattern TARGET_GROUP = Pattern.compile("arn:[^:]+:elasticloadbalancing:.*:targetgroup/.+");
    private static final Pattern AUTO_SCALING_GROUP =
            Pattern.compile("arn:[^:]+:autoscaling:.*:autoScalingGroup:.*:autoScalingGroupName/(.+)");
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,17}");
    /** A name or an IPv4 address, or an IPv6 one in brackets, with a port or not; or a bare IPv6 address. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:\\[([0-9a-fA-F:.]+)]|([0-9A-Za-z.-]+))(?::(\\d{1,5}))?|([0-9a-fA-F.]*(?::[0-9a-fA-F.]*){2,})");

    private final Aws aws;
    private final String stack;
    private final String output;
    private final HostAddress address;

    /**
     * @param output  the output's key
     * @param address of instances
     */
    public StackOutputHosts(Aws aws, String stack, String output, HostAddress address) {
        this.aws = aws;
        this.stack = stack;
        this.output = output;
        this.address = address;
    }

    @Override
    public List<Host> find() throws InterruptedException {
        String value = value();
        Matcher group = AUTO_SCALING_GROUP.matcher(value);
        if (TARGET_GROUP.matcher(value).matches()) {
            return new TargetGroupHosts(aws, value, address).find();
        }
        if (group.matches()) {
            return new AutoScalingGroupHosts(aws, group.group(1), address).find();
        }
        List<String> words = Arrays.stream(value.split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
        if (words.stream().allMatch(word -> INSTANCE.matcher(word).matches())) {
            return new Ec2Instances(aws, address).withIds(words, describe());
        }
        if (words.stream()
                .allMatch(word -> (word.contains(".") || word.contains(":"))
                        && ADDRESS.matcher(word).matches())) {
            return words.stream().distinct().map(StackOutputHosts::host).toList();
        }
        return new AutoScalingGroupHosts(aws, value, address).find();
    }

    @Override
    public String describe() {
        return "the hosts that the output " + output + " of the stack " + stack + " names";
    }

    // Private

    private String value() throws InterruptedException {
        List<Stack> stacks = aws.call("find " + describe(), "cloudformation:DescribeStacks", () -> aws.cloudFormation()
                        .describeStacks(request -> request.stackName(stack)))
                .stacks();
        List<Output> outputs =
                stacks.stream().flatMap(one -> one.outputs().stream()).toList();
        return outputs.stream()
                .filter(one -> output.equals(one.outputKey()))
                .map(Output::outputValue)
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElseThrow(() ->
                        new FleetException("the stack " + stack + " has no output " + output + " with a value. It has "
                                + (outputs.isEmpty()
                                        ? "no outputs"
                                        : outputs.stream()
                                                .map(Output::outputKey)
                                                .collect(Collectors.toCollection(TreeSet::new)))));
    }

    private static Host host(String word) {
        Matcher parts = ADDRESS.matcher(word);
        if (!parts.matches()) {
            throw new IllegalArgumentException(word);
        }
        String address = Optional.ofNullable(parts.group(1))
                .or(() -> Optional.ofNullable(parts.group(2)))
                .orElse(parts.group(4));
        OptionalInt port =
                parts.group(3) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(parts.group(3)));
        return new Host(word, word, address, port, Optional.empty());
    }
}
