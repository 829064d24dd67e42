package io.jenkins.plugins.consuldeploy.consul;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a Consul is and how it is spoken to.
 *
 * @param address         {@code http://host:port} or {@code https://host:port}, with a path when a proxy adds one
 * @param datacenter      the datacenter asked for; the agent's own when absent
 * @param token           sent in the {@code X-Consul-Token} header, never in a URL
 * @param auth            HTTP basic authentication
 * @param proxy           an HTTP proxy on the way, as {@code http://host:port} or {@code http://user:password@host:port}
 * @param connectTimeout  for opening a connection
 * @param readTimeout     for an answer; a blocking query gets its wait on top
 * @param outageLimit     how long a client that has had answers before rides out a Consul without a leader or without
 *                        any answer; one that never had an answer gives up after {@link #FIRST_ANSWER_LIMIT} already
 * @param maxConnections  at once; each watch holds one
 */
public record ConsulConfig(
        URI address,
        Optional<String> datacenter,
        Optional<AclToken> token,
        Optional<BasicAuth> auth,
        Optional<URI> proxy,
        Tls tls,
        Consistency consistency,
        Duration connectTimeout,
        Duration readTimeout,
        Duration outageLimit,
        int maxConnections) {

    public static final int DEFAULT_PORT = 8500;
    /** How long the first request to a Consul is tried. */
    public static final Duration FIRST_ANSWER_LIMIT = Duration.ofSeconds(5);

    private static final int LAST_PORT = 65_535;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration OUTAGE_LIMIT = Duration.ofSeconds(60);
    private static final int MAX_CONNECTIONS = 64;

    /** The Consul agent at an address (see {@link #parseAddress}), with defaults for the rest. */
    public static ConsulConfig at(String address) {
        return new ConsulConfig(
                parseAddress(address, false),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Tls.DEFAULT,
                Consistency.DEFAULT,
                CONNECT_TIMEOUT,
                READ_TIMEOUT,
                OUTAGE_LIMIT,
                MAX_CONNECTIONS);
    }

    /**
     * Reads {@code host}, {@code host:port} or a whole URL. A host alone has port {@value #DEFAULT_PORT}; a URL without
     * a port has its scheme's, as for Consul's own command line.
     *
     * @param ssl whether an address without a scheme means https
     * @throws IllegalArgumentException naming the address and what would be accepted
     */
    public static URI parseAddress(String address, boolean ssl) {
        String text = address.strip();
        if (text.startsWith("unix:")) {
            throw unreadable(address, "a unix socket is not supported; give");
        }
        if (text.contains("@")) {
            throw unreadable(address, "user and password are settings of their own; give");
        }
        boolean hasScheme = text.contains("://");
        try {
            URI uri = new URI(hasScheme ? text : (ssl ? "https://" : "http://") + text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean known = scheme.equals("http") || scheme.equals("https");
            if (!known || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
                throw unreadable(address, "it can't be read; give (without underscores in the host's name)");
            }
            int port = uri.getPort();
            if (port < 0) {
                port = !hasScheme ? DEFAULT_PORT : scheme.equals("https") ? 443 : 80;
            }
            if (port < 1 || port > LAST_PORT) {
                throw unreadable(address, "its port is not one from 1 to " + LAST_PORT + "; give");
            }
            String path = uri.getPath() == null ? "" : uri.getPath().replaceAll("/+$", "");
            return new URI(scheme, null, uri.getHost(), port, path, null, null);
        } catch (URISyntaxException e) {
            throw unreadable(address, "it can't be read; give");
        }
    }

    /** Without the cause, which would show a password that stands in the address. */
    private static IllegalArgumentException unreadable(String address, String why) {
        String shown = address.replaceAll("(?:[^/@]|(?<!/)/)*@", "…@");
        return new IllegalArgumentException(
                "Consul address '" + shown + "': " + why + " host:port or http(s)://host:port");
    }

    /** Without the password that a proxy's URL may have. */
    @Override
    public String toString() {
        return "ConsulConfig[" + address
                + datacenter.map(name -> ", datacenter " + name).orElse("")
                + token.map(secret -> ", with a token").orElse("")
                + auth.map(login -> ", as " + login).orElse("")
                + proxy.map(by -> ", by the proxy " + by.getHost() + ":" + by.getPort())
                        .orElse("")
                + ", " + tls + ", " + consistency + "]";
    }

    public ConsulConfig withAddress(URI newAddress) {
        return copy(newAddress, datacenter, token, auth, proxy, tls, consistency);
    }

    public ConsulConfig withDatacenter(String name) {
        return copy(address, Optional.of(name), token, auth, proxy, tls, consistency);
    }

    public ConsulConfig withToken(AclToken newToken) {
        return copy(address, datacenter, Optional.of(newToken), auth, proxy, tls, consistency);
    }

    public ConsulConfig withAuth(BasicAuth newAuth) {
        return copy(address, datacenter, token, Optional.of(newAuth), proxy, tls, consistency);
    }

    public ConsulConfig withProxy(URI newProxy) {
        return copy(address, datacenter, token, auth, Optional.of(newProxy), tls, consistency);
    }

    public ConsulConfig withTls(Tls newTls) {
        return copy(address, datacenter, token, auth, proxy, newTls, consistency);
    }

    public ConsulConfig withConsistency(Consistency mode) {
        return copy(address, datacenter, token, auth, proxy, tls, mode);
    }

    public ConsulConfig withTimeouts(Duration connect, Duration read, Duration outage) {
        return new ConsulConfig(
                address, datacenter, token, auth, proxy, tls, consistency, connect, read, outage, maxConnections);
    }

    public ConsulConfig withMaxConnections(int connections) {
        return new ConsulConfig(
                address,
                datacenter,
                token,
                auth,
                proxy,
                tls,
                consistency,
                connectTimeout,
                readTimeout,
                outageLimit,
                connections);
    }

    private ConsulConfig copy(
            URI newAddress,
            Optional<String> newDatacenter,
            Optional<AclToken> newToken,
            Optional<BasicAuth> newAuth,
            Optional<URI> newProxy,
            Tls newTls,
            Consistency newConsistency) {
        return new ConsulConfig(
                newAddress,
                newDatacenter,
                newToken,
                newAuth,
                newProxy,
                newTls,
                newConsistency,
                connectTimeout,
                readTimeout,
                outageLimit,
                maxConnections);
    }
}
