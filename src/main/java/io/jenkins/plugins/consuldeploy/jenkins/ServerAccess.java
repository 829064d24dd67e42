package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.ProxyConfiguration;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.Tls;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** A configured server with its secrets looked up: what a client of it needs. */
final class ServerAccess {

    private final ConsulServer server;
    private final CredentialSource credentials;
    private final List<DomainRequirement> requirements;

    private ServerAccess(ConsulServer server, CredentialSource credentials) {
        this.server = server;
        this.credentials = credentials;
        this.requirements = URIRequirementBuilder.fromUri(server.getAddress()).build();
    }

    /**
     * How the server is spoken to.
     *
     * @param ownToken the ID of the token that a build brings along, instead of the server's
     * @throws IllegalArgumentException when a field can't be used, or names credentials that can't be
     */
    static ConsulConfig config(ConsulServer server, CredentialSource credentials, Optional<String> ownToken) {
        return new ServerAccess(server, credentials).config(ownToken);
    }

    // Private

    private ConsulConfig config(Optional<String> ownToken) {
        ConsulConfig config = ConsulConfig.at(server.getAddress()).withTls(tls());
        config = config.withTimeouts(
                Fields.duration("connect timeout", server.getConnectTimeout()).orElse(config.connectTimeout()),
                Fields.duration("read timeout", server.getReadTimeout()).orElse(config.readTimeout()),
                Fields.duration("outage limit", server.getOutageLimit()).orElse(config.outageLimit()));
        Optional<AclToken> token = ownToken.map(this::ownToken).or(this::token);
        if (token.isPresent()) {
            config = config.withToken(token.get());
        }
        Optional<BasicAuth> auth = auth();
        if (auth.isPresent()) {
            config = config.withAuth(auth.get());
        }
        Optional<String> datacenter = Fields.datacenter(server.getDatacenter());
        if (datacenter.isPresent()) {
            config = config.withDatacenter(datacenter.get());
        }
        Optional<URI> proxy = proxy(config.address());
        return proxy.isPresent() ? config.withProxy(proxy.get()) : config;
    }

    private AclToken ownToken(String id) {
        return credentials
                .chosenByBuild(id, StringCredentials.class, requirements)
                .map(ServerAccess::token)
                .orElseThrow(() -> new BadInputException(
                        "credentialsId",
                        id,
                        "this build can use no secret text of that ID; look at its folders' credentials"));
    }

    private Optional<AclToken> token() {
        return Optional.ofNullable(server.getTokenCredentialsId()).map(id -> credentials
                .chosenByAdministrator(id, StringCredentials.class, requirements)
                .map(ServerAccess::token)
                .orElseThrow(() -> missing("token", id, "secret text")));
    }

    private static AclToken token(StringCredentials found) {
        return new AclToken(Secret.toString(found.getSecret()));
    }

    private Optional<BasicAuth> auth() {
        return Optional.ofNullable(server.getAuthCredentialsId()).map(id -> credentials
                .chosenByAdministrator(id, StandardUsernamePasswordCredentials.class, requirements)
                .map(found -> new BasicAuth(found.getUsername(), Secret.toString(found.getPassword())))
                .orElseThrow(() -> missing("user and password", id, "user name with password")));
    }

    private Tls tls() {
        Optional<ClientCertificate> client =
                Optional.ofNullable(server.getClientCertificateCredentialsId()).map(this::clientCertificate);
        return new Tls(
                Optional.ofNullable(server.getCaCertificate()),
                client.map(ClientCertificate::certificates),
                client.map(ClientCertificate::key),
                !server.isSkipVerify());
    }

    private ClientCertificate clientCertificate(String id) {
        return credentials
                .chosenByAdministrator(id, StandardCertificateCredentials.class, requirements)
                .map(ClientCertificate::of)
                .or(() -> credentials
                        .chosenByAdministrator(id, FileCredentials.class, requirements)
                        .map(ClientCertificate::of))
                .orElseThrow(() -> missing("client certificate", id, "certificate or secret file"));
    }

    private BadInputException missing(String field, String id, String kind) {
        return new BadInputException(
                field,
                id,
                "there is no " + kind
                        + " of that ID that can be used here; an administrator chooses another for the Consul"
                        + " server '" + server.getName() + "'");
    }

    /** The proxy that Jenkins uses for that host, with its login. */
    private static Optional<URI> proxy(URI address) {
        ProxyConfiguration proxy = Jenkins.get().getProxy();
        if (proxy == null || proxy.createProxy(address.getHost()).type() == Proxy.Type.DIRECT) {
            return Optional.empty();
        }
        String login = proxy.getUserName() == null
                ? null
                : proxy.getUserName() + ":" + Secret.toString(proxy.getSecretPassword());
        try {
            return Optional.of(new URI("http", login, proxy.getName(), proxy.getPort(), null, null, null));
        } catch (URISyntaxException e) {
            // Without the cause, which would show the password.
            throw new IllegalArgumentException("Jenkins' proxy '" + proxy.getName() + "' is no host's name");
        }
    }
}
