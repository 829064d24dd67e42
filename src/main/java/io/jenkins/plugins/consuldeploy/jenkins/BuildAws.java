package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.jenkins.plugins.awscredentials.AmazonWebServicesCredentials;
import hudson.ProxyConfiguration;
import hudson.Util;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.fleet.AwsConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;

/**
 * How a build speaks to AWS: as the account says that it names, and not as a record says that anybody may have written.
 *
 * @param account the account's name; empty for the only one there is
 */
record BuildAws(String account, CredentialSource credentials) {

    /** For a release's record; empty where the build names no account, and it is open which one is meant. */
    Optional<Map<String, Object>> words() {
        return AwsAccounts.get().meant(account).map(AwsAccount::words).filter(words -> !words.isEmpty());
    }

    /** @throws BadInputException when no account is meant, or its credentials are not there */
    AwsConfig config() {
        AwsAccount found = AwsAccounts.get().named(account);
        AwsConfig config = AwsWords.over(AwsConfig.fromEnvironment(), Words.of(found.words(), Words.Places.UNKNOWN));
        if (found.getCredentialsId() != null) {
            config = config.withCredentials(credentials(found));
        }
        Optional<AwsConfig.Proxy> proxy = proxy();
        return proxy.isPresent() ? config.withProxy(proxy.get()) : config;
    }

    // Private

    private AmazonWebServicesCredentials credentials(AwsAccount found) {
        String id = found.getCredentialsId();
        return credentials
                .chosenByAdministrator(id, AmazonWebServicesCredentials.class, List.of())
                .orElseThrow(() -> new BadInputException(
                        "credentials",
                        id,
                        "there are no AWS credentials of that ID that can be used here; an administrator chooses others"
                                + " for the AWS account '" + found.getName() + "'"));
    }

    /** The proxy of Jenkins, with its login and the hosts that it is not for. */
    private static Optional<AwsConfig.Proxy> proxy() {
        ProxyConfiguration proxy = Jenkins.get().getProxy();
        if (proxy == null || Util.fixEmptyAndTrim(proxy.getName()) == null) {
            return Optional.empty();
        }
        Optional<BasicAuth> login = Optional.ofNullable(proxy.getUserName())
                .map(user -> new BasicAuth(user, Secret.toString(proxy.getSecretPassword())));
        Set<String> direct = new TreeSet<>();
        for (String line : Util.fixNull(proxy.getNoProxyHost()).split("[ \t\n,|]+")) {
            if (!line.isBlank()) {
                direct.add(line);
            }
        }
        return Optional.of(
                new AwsConfig.Proxy(URI.create("http://" + proxy.getName() + ":" + proxy.getPort()), login, direct));
    }
}
