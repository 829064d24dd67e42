package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * The running EC2 instances that have all of these tags. A host is called by its {@code Name} tag, or its instance id
 * where it has none; those that share a {@code Name} get their instance id added.
 */
public final class Ec2Tags implements HostSource {

    private final Map<String, List<String>> tags;
    private final Ec2Instances instances;

    /**
     * @param tags of each tag, the values of which any will do; {@code *} and {@code ?} stand for any text and any
     *             character, as in EC2's own filters
     */
    public Ec2Tags(Aws aws, Map<String, List<String>> tags, HostAddress address) {
        this(tags, new Ec2Instances(aws, address));
    }

    Ec2Tags(Map<String, List<String>> tags, Ec2Instances instances) {
        if (tags.isEmpty() || tags.values().stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException(
                    "tags is " + tags
                            + ", and it must name at least one tag with a value: without one, every instance of the account would count");
        }
        this.tags = new TreeMap<>(tags);
        this.instances = instances;
    }

    @Override
    public List<Host> find() throws InterruptedException {
        List<Filter> filters = new ArrayList<>();
        tags.forEach((tag, values) -> filters.add(Ec2Instances.filter("tag:" + tag, values)));
        return instances.matching(filters, "find " + describe());
    }

    @Override
    public String describe() {
        return "the running EC2 instances with "
                + tags.entrySet().stream()
                        .map(tag -> tag.getKey() + "=" + String.join("|", tag.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
