package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import java.net.URI;
import java.util.Optional;

/** The word {@code aws}: region, profile, endpoint, a role to assume. */
public final class AwsWords {

    private AwsWords() {}

    /** What the words say, over the default chain of the SDK: its environment variables, files and instance roles. */
    public static AwsConfig overEnvironment(Words aws) {
        return over(AwsConfig.fromEnvironment(), aws);
    }

    /** What the words say, over something given. */
    public static AwsConfig over(AwsConfig given, Words aws) {
        aws.only("region", "profile", "endpoint", "role", "externalId", "roleSession");
        AwsConfig config = given;
        Optional<String> region = aws.optionalText("region");
        if (region.isPresent()) {
            config = config.withRegion(region.get());
        }
        Optional<String> profile = aws.optionalText("profile");
        if (profile.isPresent()) {
            config = config.withProfile(profile.get());
        }
        Optional<String> endpoint = aws.optionalText("endpoint");
        if (endpoint.isPresent()) {
            config = config.withEndpoint(aws.checked("endpoint", endpoint.get(), () -> URI.create(endpoint.get())));
        }
        Optional<String> role = aws.optionalText("role");
        if (role.isPresent()) {
            config = config.withRole(aws.checked(
                    "role",
                    role.get(),
                    () -> new AwsConfig.Role(
                            role.get(),
                            aws.optionalText("externalId"),
                            aws.optionalText("roleSession").orElse(AwsConfig.Role.DEFAULT_SESSION_NAME))));
        }
        return config;
    }
}
