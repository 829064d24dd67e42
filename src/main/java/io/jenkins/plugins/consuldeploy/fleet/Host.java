package io.jenkins.plugins.consuldeploy.fleet;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One host of a fleet.
 *
 * @param name    unique within a release: in logs, in the journal's keys and as {@code HOST}
 * @param id      by which its platform knows it: an instance id, a Consul node; the name where there is no other
 * @param address where its application is reached
 * @param port    of the application, where the source knows it
 * @param zone    its availability zone or rack
 */
public record Host(String name, String id, String address, OptionalInt port, Optional<String> zone) {

    public Host {
        if (name.isBlank() || address.isBlank()) {
            throw new IllegalArgumentException("a host needs a name and an address, and this one has name '" + name
                    + "' and address '" + address + "'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
