package io.jenkins.plugins.consuldeploy.fleet;

import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Which AWS is spoken to, as whom, and how patiently. What is absent is found as AWS's own command line finds it:
 * environment variables, system properties, the profile's files, the instance's or container's role.
 *
 * @param region         such as {@code eu-west-1}
 * @param profile        of {@code ~/.aws/config} and {@code ~/.aws/credentials}; before any environment variable
 * @param credentials    given ones, before any profile; whoever gave them closes them
 * @param role           to assume with those credentials
 * @param endpoint       that every service is asked at, instead of AWS's: a private cloud, or a test's server
 * @param connectTimeout for opening a connection
 * @param readTimeout    for an answer, each attempt
 */
public record AwsConfig(
        Optional<String> region,
        Optional<String> profile,
        Optional<AwsCredentialsProvider> credentials,
        Optional<Role> role,
        Optional<URI> endpoint,
        Optional<Proxy> proxy,
        Retries retries,
        Duration connectTimeout,
        Duration readTimeout) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

    /**
     * A role to assume.
     *
     * @param arn         {@code arn:aws:iam::123456789012:role/deployer}
     * @param externalId  where the role's trust policy wants one
     * @param sessionName by which CloudTrail shows who it was
     */
    public record Role(String arn, Optional<String> externalId, String sessionName) {

        public static final String DEFAULT_SESSION_NAME = "consul-deploy";

        public Role {
            if (!arn.matches("arn:[^:]+:iam::\\d{12}:role/.+")) {
                throw new IllegalArgumentException("the role to assume is '" + arn
                        + "', and it must be an ARN such as arn:aws:iam::123456789012:role/deployer");
            }
            if (!sessionName.matches("[\\w+=,.@-]{2,64}")) {
                throw new IllegalArgumentException("the role session name is '" + sessionName
                        + "', and AWS takes 2 to 64 letters, digits and _+=,.@- for it");
            }
        }

        public static Role of(String arn) {
            return new Role(arn, Optional.empty(), DEFAULT_SESSION_NAME);
        }
    }

    /**
     * An HTTP proxy on the way. Without one given, {@code HTTPS_PROXY}, {@code NO_PROXY} and Java's own properties count.
     *
     * @param address  {@code http://host:port}
     * @param noProxy  hosts that are asked directly, as patterns with {@code *}
     */
    public record Proxy(URI address, Optional<BasicAuth> auth, Set<String> noProxy) {

        public Proxy {
            noProxy = Set.copyOf(noProxy);
        }
    }

    /**
     * How failed calls are tried again: throttling, a dropped connection, an error of AWS's own.
     *
     * @param mode     the SDK's retry mode
     * @param attempts for one call, with the first
     */
    public record Retries(Mode mode, int attempts) {

        /** Rides out about half a minute of throttling. */
        public static final Retries DEFAULT = new Retries(Mode.STANDARD, 8);

        public Retries {
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts is " + attempts + ", and it must be 1 or more");
            }
        }

        /** The SDK's retry modes ("Retry behavior" in the AWS SDKs and Tools Reference Guide). */
        public enum Mode {
            /** Backs off longer each time, and less and less often when much fails. */
            STANDARD,
            /** Besides, keeps its own calls to the rate that throttling leaves it. */
            ADAPTIVE
        }
    }

    /** All of it found as AWS's own command line finds it. */
    public static AwsConfig fromEnvironment() {
        return new AwsConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Retries.DEFAULT,
                CONNECT_TIMEOUT,
                READ_TIMEOUT);
    }

    public AwsConfig withRegion(String name) {
        return copy(Optional.of(name), profile, credentials, role, endpoint, proxy, retries);
    }

    public AwsConfig withProfile(String name) {
        return copy(region, Optional.of(name), credentials, role, endpoint, proxy, retries);
    }

    public AwsConfig withCredentials(AwsCredentialsProvider given) {
        return copy(region, profile, Optional.of(given), role, endpoint, proxy, retries);
    }

    public AwsConfig withRole(Role toAssume) {
        return copy(region, profile, credentials, Optional.of(toAssume), endpoint, proxy, retries);
    }

    public AwsConfig withEndpoint(URI address) {
        return copy(region, profile, credentials, role, Optional.of(address), proxy, retries);
    }

    public AwsConfig withProxy(Proxy onTheWay) {
        return copy(region, profile, credentials, role, endpoint, Optional.of(onTheWay), retries);
    }

    public AwsConfig withRetries(Retries patience) {
        return copy(region, profile, credentials, role, endpoint, proxy, patience);
    }

    public AwsConfig withTimeouts(Duration connect, Duration read) {
        return new AwsConfig(region, profile, credentials, role, endpoint, proxy, retries, connect, read);
    }

    // Private

    private AwsConfig copy(
            Optional<String> newRegion,
            Optional<String> newProfile,
            Optional<AwsCredentialsProvider> newCredentials,
            Optional<Role> newRole,
            Optional<URI> newEndpoint,
            Optional<Proxy> newProxy,
            Retries newRetries) {
        return new AwsConfig(
                newRegion,
                newProfile,
                newCredentials,
                newRole,
                newEndpoint,
                newProxy,
                newRetries,
                connectTimeout,
                readTimeout);
    }
}
