package io.jenkins.plugins.consuldeploy.journal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where releases are in Consul's tree. Every name is one percent-encoded segment, so that none reaches into another's keys. */
public record ReleaseKeys(String root) {

    public static final String DEFAULT_ROOT = "consul-deploy";

    /** Everything of all applications. */
    public String all() {
        return root + "/release/";
    }

    /** Everything of an application. */
    public String app(String app) {
        return all() + encode(app) + "/";
    }

    /** The lock of whoever changes an application. */
    public String lock(String app) {
        return app(app) + "lock";
    }

    /** A release's head. */
    public String head(String app, String id) {
        return app(app) + encode(id);
    }

    /** The records of a release's hosts. */
    public String hosts(String app, String id) {
        return head(app, id) + "/";
    }

    /** The record of one host. */
    public String host(String app, String id, String host) {
        return hosts(app, id) + encode(host);
    }

    private static String encode(String name) {
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        // Dots alone would lead out of their place.
        return name.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
    }
}
