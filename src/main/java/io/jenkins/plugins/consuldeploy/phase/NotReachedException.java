package io.jenkins.plugins.consuldeploy.phase;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A node failed, or time ran out, before every wanted node had what was aimed at. */
final class NotReachedException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN_REPORTS = 3;
    private static final int MAX_SHOWN_LINES = 10;

    private final transient Map<String, Optional<NodeReport>> failed;
    private final transient List<String> missing;

    private NotReachedException(String message, Map<String, Optional<NodeReport>> failed, List<String> missing) {
        super(message);
        this.failed = failed;
        this.missing = missing;
    }

    /** These nodes said so, and why, as far as their reports tell. */
    static NotReachedException failed(Map<String, Optional<NodeReport>> failed) {
        String reports = failed.entrySet().stream()
                .filter(node -> node.getValue().isPresent())
                .limit(MAX_SHOWN_REPORTS)
                .map(node -> shown(node.getKey(), node.getValue().get()))
                .collect(Collectors.joining());
        return new NotReachedException("failed on " + String.join(", ", failed.keySet()) + reports, failed, List.of());
    }

    /** These nodes had not got there, or too few were there at all. */
    static NotReachedException timedOut(String message, List<String> missing) {
        return new NotReachedException(message, Map.of(), missing);
    }

    Map<String, Optional<NodeReport>> failed() {
        return failed;
    }

    List<String> missing() {
        return missing;
    }

    private static String shown(String node, NodeReport report) {
        List<String> output = report.output();
        List<String> last = output.subList(Math.max(0, output.size() - MAX_SHOWN_LINES), output.size());
        return "\n  " + node + ":"
                + (report.exitCode().isPresent()
                        ? " exit code " + report.exitCode().getAsInt()
                        : "")
                + last.stream().map(line -> "\n    " + line).collect(Collectors.joining());
    }
}
