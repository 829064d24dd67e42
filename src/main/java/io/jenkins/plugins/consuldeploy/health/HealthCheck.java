package io.jenkins.plugins.consuldeploy.health;

import io.jenkins.plugins.consuldeploy.fleet.Host;

/** Asks once whether a host is well. */
public interface HealthCheck {

    /** One try. It ends by itself within a timeout of its own, and throws nothing but on interruption. */
    Result check(Host host) throws InterruptedException;

    /** What it asks for, for logs: {@code HTTP 200 from /health}. */
    String describe();

    /**
     * What came of it.
     *
     * @param detail what was answered, in a sentence part: {@code HTTP 503 from http://10.0.0.5:8080/health}
     */
    record Result(boolean healthy, String detail) {

        public static Result healthy(String detail) {
            return new Result(true, detail);
        }

        public static Result unhealthy(String detail) {
            return new Result(false, detail);
        }
    }
}
