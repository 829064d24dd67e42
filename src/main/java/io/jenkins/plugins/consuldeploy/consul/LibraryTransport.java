package io.jenkins.plugins.consuldeploy.consul;

import com.ecwid.consul.transport.AbstractHttpTransport;
import org.apache.http.client.HttpClient;

/**
 * The client library's transport, over our own HTTP client. The library's {@code ConsulRawClient} is done without: it
 * begins by making an HTTP client that nobody uses, with all of TLS, which is a good part of an agent's start.
 */
final class LibraryTransport extends AbstractHttpTransport {

    private final HttpClient client;

    LibraryTransport(HttpClient client) {
        this.client = client;
    }

    @Override
    protected HttpClient getHttpClient() {
        return client;
    }
}
