package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import io.jenkins.plugins.consuldeploy.registry.BadNotificationException;
import io.jenkins.plugins.consuldeploy.registry.BodySignature;
import io.jenkins.plugins.consuldeploy.registry.Notification;
import io.jenkins.plugins.consuldeploy.registry.NotificationReader;
import io.jenkins.plugins.consuldeploy.registry.Push;
import io.jenkins.plugins.consuldeploy.registry.Quote;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request to the address of a rule: read, checked, carried out, written down. A registry is asked to send again
 * (503) only what may work then. What the rule itself forbids is answered 200: some registries send what was not taken
 * until it is, and nothing else before.
 */
final class Reception {

    static final int MAX_BODY = 1 << 20;

    private static final Logger LOG = Logger.getLogger(Reception.class.getName());
    private static final int MAX_DETAIL = 500;

    private final Rule rule;
    private final List<Delivery> deliveries = new ArrayList<>();

    Reception(Rule rule) {
        this.rule = rule;
    }

    Answer receive(HttpServletRequest request) throws IOException {
        Answer answer = answer(request);
        if (!deliveries.isEmpty()) {
            Deliveries.get().add(deliveries);
        }
        return answer;
    }

    // Private

    private Answer answer(HttpServletRequest request) throws IOException {
        Optional<byte[]> body = body(request);
        if (body.isEmpty()) {
            return rejected(
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "the body has more than " + MAX_BODY + " bytes");
        }
        if (!isSigned(request, body.get())) {
            return rejected(
                    HttpServletResponse.SC_FORBIDDEN,
                    "the signature in " + rule.webhook().getSignatureHeader() + " is missing or wrong");
        }
        try {
            Notification notification =
                    NotificationReader.read(body.get(), rule.webhook().paths());
            return answer(notification, body.get());
        } catch (BadNotificationException e) {
            return rejected(HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
        }
    }

    /** The body; empty when it is too long, and then it is not read to its end. */
    private static Optional<byte[]> body(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() > MAX_BODY) {
            return Optional.empty();
        }
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(MAX_BODY + 1);
            return Optional.of(body).filter(read -> read.length <= MAX_BODY);
        }
    }

    private boolean isSigned(HttpServletRequest request, byte[] body) {
        Optional<String> key = rule.webhook().signingKey();
        String header = Optional.ofNullable(request.getHeader(rule.webhook().getSignatureHeader()))
                .orElse("");
        return key.isEmpty() || BodySignature.matches(key.get(), body, header);
    }

    private Answer answer(Notification notification, byte[] body) {
        if (notification.pushes().isEmpty()) {
            LOG.log(Level.FINE, "webhook {0}: {1} tells of no pushed tag", new Object[] {
                rule.id(), notification.sender()
            });
            return new Answer(HttpServletResponse.SC_OK, "no tag was pushed: nothing to do\n");
        }
        StringBuilder text = new StringBuilder();
        boolean again = false;
        for (Push push : notification.pushes()) {
            Outcome outcome = outcome(notification.sender(), push, body);
            note(notification.sender(), push.toString(), push.digest().orElse(""), outcome);
            text.append(push).append(": ").append(outcome.kind().word()).append('\n');
            again |= outcome.kind() == Outcome.Kind.FAILED;
        }
        return new Answer(
                again ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_OK, text.toString());
    }

    private Outcome outcome(String sender, Push push, byte[] body) {
        try {
            if (!rule.webhook().isFor(push)) {
                return new Outcome(
                        Outcome.Kind.NO_MATCH,
                        "it is for " + rule.webhook().getRepository() + ":"
                                + rule.webhook().getTag());
            }
        } catch (IllegalArgumentException e) {
            return new Outcome(Outcome.Kind.REFUSED, e.getMessage());
        }
        String known = fingerprint(push, body);
        if (!Deliveries.get().begin(rule.id(), known)) {
            return new Outcome(Outcome.Kind.REPEATED, "the same was delivered before");
        }
        boolean isDone = false;
        try {
            Outcome outcome = rule.action().carryOut(new WebhookCause(rule.id(), sender, push, runAs()), push);
            isDone = outcome.kind().isDone();
            return outcome;
        } finally {
            Deliveries.get().end(rule.id(), known, isDone);
        }
    }

    /**
     * What two deliveries of the same push have in common. Without a digest that is the time of the push, and without
     * that, the whole body.
     */
    private static String fingerprint(Push push, byte[] body) {
        String version = push.digest()
                .or(push::mark)
                .orElseGet(() -> "body " + HexFormat.of().formatHex(WebhookSecrets.hash(body)));
        return push.repository() + ":" + push.tag() + " " + version;
    }

    private String runAs() {
        return rule.action() instanceof StartJob job ? job.getRunAs() : null;
    }

    private Answer rejected(int status, String why) {
        note("", "", "", new Outcome(Outcome.Kind.REJECTED, why));
        return new Answer(status, why + "\n");
    }

    private void note(String sender, String pushed, String digest, Outcome outcome) {
        Outcome shown = new Outcome(outcome.kind(), Quote.of(outcome.detail(), MAX_DETAIL));
        deliveries.add(new Delivery(Instant.now(), rule.id(), sender, pushed, digest, shown));
        LOG.log(
                outcome.kind() == Outcome.Kind.FAILED ? Level.WARNING : Level.INFO,
                "webhook {0}: {1} {2}: {3}",
                new Object[] {rule.id(), pushed, shown.kind().word(), shown.detail()});
    }
}
