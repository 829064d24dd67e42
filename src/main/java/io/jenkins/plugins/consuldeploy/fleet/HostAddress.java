package io.jenkins.plugins.consuldeploy.fleet;

import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;

/** By which of its addresses an EC2 instance is reached. */
public enum HostAddress {
    /** Its private IPv4 address. */
    PRIVATE,
    /** Its public IPv4 address. */
    PUBLIC,
    /** Its private DNS name. */
    DNS,
    /** Its public DNS name. */
    PUBLIC_DNS,
    /** Its IPv6 address. */
    IPV6;

    /** The word for it in a file: {@code private}, {@code public}, {@code dns}, {@code public-dns}, {@code ipv6}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<String> of(Instance instance) {
        String found =
                switch (this) {
                    case PRIVATE -> instance.privateIpAddress();
                    case PUBLIC -> instance.publicIpAddress();
                    case DNS -> instance.privateDnsName();
                    case PUBLIC_DNS -> instance.publicDnsName();
                    case IPV6 -> instance.ipv6Address();
                };
        return Optional.ofNullable(found).filter(text -> !text.isBlank());
    }
}
