package io.jenkins.plugins.consuldeploy.consul;

/** User and password for a Consul behind HTTP basic authentication. */
public record BasicAuth(String user, String password) {

    /** Reads {@code user:password}, the form of {@code CONSUL_HTTP_AUTH} and of {@code -auth}. */
    public static BasicAuth parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "HTTP basic authentication is given as user:password, and there is no ':'");
        }
        return new BasicAuth(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return user + ":(password)";
    }
}
