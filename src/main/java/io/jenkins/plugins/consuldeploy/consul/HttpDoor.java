package io.jenkins.plugins.consuldeploy.consul;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.config.Registry;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;

/**
 * The HTTP client that the Consul client library is given. It does what the library can't: a read timeout for each
 * request, requests that another thread can end, and credentials in headers that are added after the library has
 * logged its own.
 */
@SuppressWarnings("deprecation") // CloseableHttpClient still has two abstract methods of the 4.2 API
final class HttpDoor extends CloseableHttpClient {

    private final ConsulConfig config;
    private final CloseableHttpClient client;
    private final AtomicLong requests = new AtomicLong();
    private final ThreadLocal<Call> call = new ThreadLocal<>();
    private final ThreadLocal<Cancellation> cancellation = new ThreadLocal<>();

    HttpDoor(ConsulConfig config) {
        this.config = config;
        PoolingHttpClientConnectionManager connections =
                new PoolingHttpClientConnectionManager(socketFactories(config));
        connections.setMaxTotal(config.maxConnections());
        connections.setDefaultMaxPerRoute(config.maxConnections());
        // Retries belong to Transport, which knows what may be sent twice.
        this.client = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setDefaultCredentialsProvider(proxyCredentials(config))
                .build();
    }

    /** For the proxy alone, once it asks: Consul's own are added to each request. */
    private static CredentialsProvider proxyCredentials(ConsulConfig config) {
        CredentialsProvider credentials = new BasicCredentialsProvider();
        config.proxy().filter(proxy -> proxy.getUserInfo() != null).ifPresent(proxy -> {
            BasicAuth login = BasicAuth.parse(proxy.getUserInfo());
            credentials.setCredentials(
                    new AuthScope(proxy.getHost(), proxy.getPort()),
                    new UsernamePasswordCredentials(login.user(), login.password()));
        });
        return credentials;
    }

    private static Registry<ConnectionSocketFactory> socketFactories(ConsulConfig config) {
        RegistryBuilder<ConnectionSocketFactory> factories = RegistryBuilder.create();
        factories.register("http", PlainConnectionSocketFactory.getSocketFactory());
        if (config.address().getScheme().equals("https")) {
            factories.register(
                    "https",
                    config.tls().verify()
                            ? new SSLConnectionSocketFactory(TlsContext.of(config.tls()))
                            : new SSLConnectionSocketFactory(
                                    TlsContext.of(config.tls()), NoopHostnameVerifier.INSTANCE));
        }
        return factories.build();
    }

    /** What this thread's next requests are for, until {@link #leave()}. */
    void enter(Call next) {
        call.set(next);
    }

    void leave() {
        call.remove();
    }

    /** Makes this thread's requests end when {@code token} is cancelled. */
    void cancelWith(Cancellation token) {
        cancellation.set(token);
    }

    /** How many requests were sent so far. */
    long requests() {
        return requests.get();
    }

    @Override
    protected CloseableHttpResponse doExecute(HttpHost target, HttpRequest request, HttpContext context)
            throws IOException {
        if (request instanceof HttpRequestBase base) {
            base.setConfig(timeouts());
            addCredentials(base);
            Cancellation token = cancellation.get();
            if (token != null) {
                token.attach(base);
            }
        }
        requests.incrementAndGet();
        return client.execute(target, request, context);
    }

    private RequestConfig timeouts() {
        Optional<Call> current = Optional.ofNullable(call.get());
        long wait = current.map(one -> one.hold().toMillis()).orElse(0L);
        long answer = config.readTimeout().toMillis();
        long limit = current.flatMap(Call::within).map(Duration::toMillis).orElse(answer);
        // Consul adds up to wait/16 of its own to a blocking query.
        long read = wait + wait / 16 + Math.min(answer, limit);
        RequestConfig.Builder timeouts = RequestConfig.custom()
                // A key is sent as it is: normalizing makes another of it.
                .setNormalizeUri(false)
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setConnectionRequestTimeout((int) config.connectTimeout().toMillis())
                .setSocketTimeout((int) Math.min(Integer.MAX_VALUE, read));
        config.proxy()
                .ifPresent(
                        proxy -> timeouts.setProxy(new HttpHost(proxy.getHost(), proxy.getPort(), proxy.getScheme())));
        return timeouts.build();
    }

    private void addCredentials(HttpRequestBase request) {
        request.removeHeaders("X-Consul-Token");
        config.token().ifPresent(token -> request.setHeader("X-Consul-Token", token.secret()));
        config.auth()
                .ifPresent(auth -> request.setHeader(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((auth.user() + ":" + auth.password())
                                                .getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    @Override
    public HttpParams getParams() {
        return client.getParams();
    }

    @Override
    public ClientConnectionManager getConnectionManager() {
        return client.getConnectionManager();
    }
}
