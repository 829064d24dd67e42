package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's instances as hosts: those that run, ordered by name. */
final class Ec2Instances {

    private static final Logger LOG = Logger.getLogger(Ec2Instances.class.getName());
    private static final String PERMISSION = "ec2:DescribeInstances";
    /** What EC2 takes as values of one filter ("DescribeInstances" in the EC2 API Reference). */
    private static final int FILTER_VALUES = 200;

    private static final int PAGE = 1000;
    /** Names become keys and environment variables, so a tag that would be unsafe as one is not taken. */
    private static final Pattern SAFE_NAME = Pattern.compile("(?!\\.{1,2}$)[^/\\p{Cntrl}]{1,255}");

    private final Aws aws;
    private final HostAddress address;
    private final int page;

    Ec2Instances(Aws aws, HostAddress address) {
        this(aws, address, PAGE);
    }

    Ec2Instances(Aws aws, HostAddress address, int page) {
        this.aws = aws;
        this.address = address;
        this.page = page;
    }

    /** Those of these that run. Others are left out, and said. */
    List<Host> withIds(Collection<String> ids, String whose) throws InterruptedException {
        List<String> wanted = List.copyOf(new TreeSet<>(ids));
        List<Instance> found = new ArrayList<>();
        for (int from = 0; from < wanted.size(); from += FILTER_VALUES) {
            List<String> some = wanted.subList(from, Math.min(from + FILTER_VALUES, wanted.size()));
            found.addAll(describe(List.of(filter("instance-id", some)), "look up the instances of " + whose));
        }
        if (found.size() < wanted.size()) {
            List<String> missing = new ArrayList<>(wanted);
            missing.removeAll(found.stream().map(Instance::instanceId).toList());
            LOG.log(Level.INFO, "{0}: {1} left out, not running", new Object[] {whose, String.join(", ", missing)});
        }
        return hosts(found);
    }

    List<Host> matching(List<Filter> filters, String doing) throws InterruptedException {
        return hosts(describe(filters, doing));
    }

    static Filter filter(String name, List<String> values) {
        return Filter.builder().name(name).values(values).build();
    }

    // Private

    private List<Instance> describe(List<Filter> filters, String doing) throws InterruptedException {
        List<Filter> all = new ArrayList<>(filters);
        all.add(filter("instance-state-name", List.of(InstanceStateName.RUNNING.toString())));
        List<Instance> instances = new ArrayList<>();
        String next = null;
        do {
            DescribeInstancesRequest request = DescribeInstancesRequest.builder()
                    .filters(all)
                    .maxResults(page)
                    .nextToken(next)
                    .build();
            DescribeInstancesResponse answer =
                    aws.call(doing, PERMISSION, () -> aws.ec2().describeInstances(request));
            answer.reservations().forEach(reservation -> instances.addAll(reservation.instances()));
            next = answer.nextToken();
        } while (next != null && !next.isEmpty());
        return instances;
    }

    private List<Host> hosts(List<Instance> instances) {
        Map<String, Integer> named = new HashMap<>();
        instances.forEach(instance -> named.merge(nameTag(instance).orElse(""), 1, Integer::sum));
        return instances.stream()
                .map(instance -> host(
                        instance,
                        nameTag(instance)
                                // All that share a name get their id with it, so that none changes when the other goes.
                                .map(name -> named.get(name) == 1 ? name : name + "-" + instance.instanceId())
                                .orElse(instance.instanceId())))
                .sorted(Comparator.comparing(Host::name))
                .toList();
    }

    private Host host(Instance instance, String name) {
        String reachedAt = address.of(instance)
                .orElseThrow(() -> new FleetException(
                        "the instance " + instance.instanceId() + " (" + name + ") has no " + address.word()
                                + " address: give it one, or choose another kind of address for its fleet"));
        return new Host(
                name,
                instance.instanceId(),
                reachedAt,
                OptionalInt.empty(),
                Optional.ofNullable(instance.placement()).map(placement -> placement.availabilityZone()));
    }

    private static Optional<String> nameTag(Instance instance) {
        return instance.tags().stream()
                .filter(tag -> "Name".equals(tag.key()))
                .map(Tag::value)
                .filter(name -> name != null
                        && !name.isBlank()
                        && SAFE_NAME.matcher(name).matches())
                .findFirst();
    }
}
