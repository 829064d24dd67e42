package io.jenkins.plugins.consuldeploy.phase;

import io.jenkins.plugins.consuldeploy.consul.BlockingQuery;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ServiceInstance;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The nodes that have an instance of a service.
 *
 * @param all     those in the catalog, whatever their health
 * @param passing those of them with an instance whose checks all pass
 */
record Instances(Set<String> all, Set<String> passing) {

    static final Instances NONE = new Instances(Set.of(), Set.of());

    static Instances of(List<ServiceInstance> instances) {
        Set<String> all = new TreeSet<>();
        Set<String> passing = new TreeSet<>();
        for (ServiceInstance instance : instances) {
            all.add(instance.node());
            if (instance.isPassing()) {
                passing.add(instance.node());
            }
        }
        return new Instances(all, passing);
    }

    static Instances of(Consul consul, Expected.OfService of) {
        return of(consul.services()
                .instances(of.service(), of.tag(), false, BlockingQuery.NOW)
                .value());
    }

    /** Refuses a deployment that could only wait for nobody, before anything is touched. */
    static void checkSomebodyPasses(Consul consul, Expected expected) {
        if (expected instanceof Expected.OfService of
                && of(consul, of).passing().isEmpty()) {
            throw nobody(of, "passing instance");
        }
    }

    /** The same for a rollback, which is often done because no instance passes any more. */
    static void checkSomebodyIsThere(Consul consul, Expected expected) {
        if (expected instanceof Expected.OfService of && of(consul, of).all().isEmpty()) {
            throw nobody(of, "instance");
        }
    }

    private static BadInputException nobody(Expected.OfService of, String what) {
        return new BadInputException(
                "service",
                of.service(),
                "Consul knows no " + what + " of it"
                        + of.tag().map(tag -> " with the tag '" + tag + "'").orElse("")
                        + "; give a service that runs, or the number of nodes instead");
    }
}
