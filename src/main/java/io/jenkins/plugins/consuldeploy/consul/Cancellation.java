package io.jenkins.plugins.consuldeploy.consul;

import org.apache.http.client.methods.HttpUriRequest;

/** Ends one thread's requests from another: blocking I/O does not hear an interrupt, an abort it does. */
final class Cancellation {

    private HttpUriRequest underWay;
    private boolean cancelled;

    synchronized void attach(HttpUriRequest request) {
        underWay = request;
        if (cancelled) {
            request.abort();
        }
    }

    synchronized void detach() {
        underWay = null;
    }

    synchronized void cancel() {
        cancelled = true;
        if (underWay != null) {
            underWay.abort();
        }
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }
}
