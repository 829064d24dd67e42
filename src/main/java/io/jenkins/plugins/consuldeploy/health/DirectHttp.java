package io.jenkins.plugins.consuldeploy.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.ParseException;
import org.apache.http.client.config.CookieSpecs;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.http.entity.ContentType;
import org.apache.http.impl.NoConnectionReuseStrategy;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.ssl.SSLContextBuilder;

/** HTTP GET as a health check needs it: a connection a request, no proxy, no redirect, no second try. */
public final class DirectHttp {

    /** Of a body, in bytes: what comes behind is not read. */
    static final int LONGEST_BODY = 1024 * 1024;

    private static final int MOST_CONNECTIONS = 1000;

    private final CloseableHttpClient client;

    /**
     * @param timeout for connecting, and for each wait for more of an answer
     * @param verify  whether a certificate has to be valid for the host
     */
    public DirectHttp(Duration timeout, boolean verify) {
        int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectTimeout(millis)
                        .setSocketTimeout(millis)
                        .setCookieSpec(CookieSpecs.IGNORE_COOKIES)
                        .build())
                .setConnectionReuseStrategy(NoConnectionReuseStrategy.INSTANCE)
                .setMaxConnTotal(MOST_CONNECTIONS)
                .setMaxConnPerRoute(MOST_CONNECTIONS)
                .setUserAgent("consul-deploy")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression();
        if (!verify) {
            try {
                builder.setSSLContext(SSLContextBuilder.create()
                                .loadTrustMaterial(null, (chain, type) -> true)
                                .build())
                        .setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java has no TLS", e);
            }
        }
        this.client = builder.build();
    }

    /**
     * What was answered.
     *
     * @param body    its beginning, at most {@link #LONGEST_BODY} bytes of it
     * @param headers the first of each name, by the names in lower case
     */
    public record Answer(int status, String body, Map<String, String> headers) {}

    /** One request, which is sent when it is {@link Exchange#run}. */
    public Exchange prepare(URI uri, Map<String, String> headers) {
        HttpGet request = new HttpGet(uri);
        request.setHeader(HttpHeaders.CONNECTION, "close");
        headers.forEach(request::setHeader);
        return new Exchange(request);
    }

    /** One request, which another thread may abort. */
    public final class Exchange {
        private final HttpGet request;

        private Exchange(HttpGet request) {
            this.request = request;
        }

        /** @throws IOException when no whole answer came, or it was aborted */
        public Answer run() throws IOException {
            try (CloseableHttpResponse response = client.execute(request)) {
                return new Answer(
                        response.getStatusLine().getStatusCode(), body(response.getEntity()), headers(response));
            } finally {
                abort();
            }
        }

        /** Closes its connection at once; without effect when it is over. */
        public void abort() {
            request.abort();
        }
    }

    // Private

    private static Map<String, String> headers(CloseableHttpResponse response) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : response.getAllHeaders()) {
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
        }
        return headers;
    }

    private static String body(HttpEntity entity) throws IOException {
        if (entity == null) {
            return "";
        }
        InputStream stream = entity.getContent();
        return new String(stream.readNBytes(LONGEST_BODY), charset(entity));
    }

    private static Charset charset(HttpEntity entity) {
        try {
            ContentType type = ContentType.get(entity);
            return type == null || type.getCharset() == null ? StandardCharsets.UTF_8 : type.getCharset();
        } catch (ParseException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }
}
