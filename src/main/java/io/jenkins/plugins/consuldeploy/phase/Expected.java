package io.jenkins.plugins.consuldeploy.phase;

import java.util.Optional;

/** Which nodes a deployment waits for. */
public sealed interface Expected {

    /** At least so many nodes, whichever they are; one that has announced itself is waited for too. */
    record AtLeast(int nodes) implements Expected {
        public AtLeast {
            if (nodes < 1) {
                throw new BadInputException("nodes", Integer.toString(nodes), "at least one node has to be waited for");
            }
        }

        @Override
        public String toString() {
            return "at least " + nodes + (nodes == 1 ? " node" : " nodes");
        }
    }

    /** Every node with a passing instance of a Consul service. The agents there have to go by their Consul node's name. */
    record OfService(String service, Optional<String> tag) implements Expected {
        public OfService {
            if (service.isBlank()) {
                throw new BadInputException("service", service, "it is empty; give the name of a Consul service");
            }
            if (tag.isPresent() && tag.get().isBlank()) {
                throw new BadInputException("tag", tag.get(), "it is empty; give one that instances have, or none");
            }
        }

        @Override
        public String toString() {
            return "every passing instance of the service " + service
                    + tag.map(name -> " with the tag " + name).orElse("");
        }
    }
}
