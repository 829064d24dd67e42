package io.jenkins.plugins.consuldeploy.event;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import io.jenkins.plugins.consuldeploy.consul.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A service's registration on each node, which carries its version: as a tag, or in a field of its meta. A node that
 * carried it before has answered already, for nothing tells the one from the other.
 */
record CatalogAnswers(String service, Optional<String> field, String version) implements Acknowledgement {

    @Override
    public long before(Consul consul) {
        return 0;
    }

    @Override
    public Snapshot<Map<String, Answer>> ask(Consul consul, Set<String> nodes, long since, BlockingQuery from) {
        Snapshot<List<ServiceInstance>> found = consul.services().instances(service, Optional.empty(), false, from);
        Map<String, Answer> answers = new TreeMap<>();
        for (String node : nodes) {
            answers.put(
                    node,
                    answer(found.value().stream()
                            .filter(instance -> instance.node().equals(node))
                            .toList()));
        }
        return new Snapshot<>(answers, found.index());
    }

    @Override
    public String describe() {
        return field.map(name -> "the field " + name + " of the meta").orElse("the tags") + " of the service "
                + service;
    }

    @Override
    public String advice() {
        return "Look there whether the event's handler ran, and whether it registers " + service
                + " with its new version";
    }

    // Private

    private Answer answer(List<ServiceInstance> instances) {
        if (instances.isEmpty()) {
            return Answer.none("no instance of " + service);
        }
        for (ServiceInstance instance : instances) {
            boolean has = field.isPresent()
                    ? version.equals(instance.meta().get(field.get()))
                    : instance.tags().contains(version);
            if (!has) {
                return Answer.none(
                        field.isPresent()
                                ? service + " says " + field.get() + "="
                                        + instance.meta().getOrDefault(field.get(), "")
                                : service + " has the tags " + instance.tags());
            }
        }
        return new Answer(Answer.Kind.DONE, service + " says " + version);
    }
}
