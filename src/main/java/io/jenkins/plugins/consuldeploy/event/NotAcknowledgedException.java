package io.jenkins.plugins.consuldeploy.event;

import java.util.Map;

/** An event was fired, and not every node has answered that it is done. The message says who and what to do next. */
public final class NotAcknowledgedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Answers.Result result;

    NotAcknowledgedException(String message, Answers.Result result) {
        super(message);
        this.result = result;
    }

    /** Why each node failed that said so. */
    public Map<String, String> failed() {
        return result.failed();
    }

    /** How far each node is that has not answered. */
    public Map<String, String> missing() {
        return result.missing();
    }
}
