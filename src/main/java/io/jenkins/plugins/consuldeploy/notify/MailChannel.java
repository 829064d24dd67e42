package io.jenkins.plugins.consuldeploy.notify;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/**
 * Sends events by mail. It is the only class that needs Jakarta Mail; where that is missing, only this can't be loaded.
 *
 * <p>A mail goes to all of its recipients or to none. What the server refuses for good is not tried again, and neither
 * is a password that it does not take, for many tries lock accounts.
 */
public final class MailChannel implements Channel {

    private static final int REFUSED_FOR_GOOD = 500;

    private final MailServer server;
    private final InternetAddress from;
    private final List<InternetAddress> to;

    /** @throws IllegalArgumentException naming an address that is none */
    public MailChannel(MailServer server, String from, List<String> to) {
        this.server = server;
        this.from = address("sender", from);
        List<InternetAddress> recipients = new ArrayList<>();
        to.forEach(text -> recipients.add(address("recipient", text)));
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("the mail has no recipient");
        }
        this.to = List.copyOf(recipients);
    }

    @Override
    public void deliver(ReleaseEvent event) throws DeliveryException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Jakarta Mail looks for its parts with the thread's loader, which in a plugin does not see them.
        thread.setContextClassLoader(Session.class.getClassLoader());
        try {
            send(event);
        } catch (MessagingException e) {
            String message = describe() + " failed: " + said(e);
            throw isForGood(e) ? DeliveryException.hopeless(message) : DeliveryException.passing(message);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public String describe() {
        return "mail to "
                + String.join(", ", to.stream().map(InternetAddress::getAddress).toList()) + " by " + server;
    }

    // Private

    private static InternetAddress address(String what, String text) {
        try {
            InternetAddress[] parsed = InternetAddress.parse(text, true);
            if (parsed.length == 1) {
                parsed[0].validate();
                return parsed[0];
            }
        } catch (AddressException e) {
            throw new IllegalArgumentException(
                    "mail " + what + " '" + text + "' is no address (" + e.getMessage()
                            + "); give one such as a@example.com",
                    e);
        }
        throw new IllegalArgumentException("mail " + what + " '" + text + "' is not one address");
    }

    private void send(ReleaseEvent event) throws MessagingException {
        Session session = Session.getInstance(properties());
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(from);
        mail.setRecipients(Message.RecipientType.TO, to.toArray(Address[]::new));
        mail.setSubject(event.headline().replaceAll("\\s+", " "), StandardCharsets.UTF_8.name());
        mail.setText(text(event), StandardCharsets.UTF_8.name());
        mail.setSentDate(Date.from(event.at()));
        mail.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's absence note is wanted
        mail.saveChanges();
        try (Transport transport = session.getTransport("smtp")) {
            if (server.login().isPresent()) {
                MailServer.Login login = server.login().get();
                transport.connect(login.user(), login.password().text());
            } else {
                transport.connect();
            }
            transport.sendMessage(mail, mail.getAllRecipients());
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        String timeout = Long.toString(server.timeout().toMillis());
        properties.setProperty("mail.from", from.getAddress()); // else a mail's id names this machine and its user
        properties.setProperty("mail.smtp.host", server.host());
        properties.setProperty("mail.smtp.port", Integer.toString(server.port()));
        properties.setProperty("mail.smtp.connectiontimeout", timeout);
        properties.setProperty("mail.smtp.timeout", timeout);
        properties.setProperty("mail.smtp.writetimeout", timeout);
        properties.setProperty("mail.smtp.auth", Boolean.toString(server.login().isPresent()));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        switch (server.security()) {
            case NONE -> properties.setProperty("mail.smtp.starttls.enable", "false");
            case STARTTLS -> {
                properties.setProperty("mail.smtp.starttls.enable", "true");
                properties.setProperty("mail.smtp.starttls.required", "true");
            }
            case TLS -> properties.setProperty("mail.smtp.ssl.enable", "true");
        }
        return properties;
    }

    private static String text(ReleaseEvent event) {
        StringBuilder text = new StringBuilder(event.headline()).append(".\n\n");
        event.detail().ifPresent(why -> text.append(why).append("\n\n"));
        line(text, "Application", event.app());
        event.version().ifPresent(version -> line(text, "Version", version));
        event.host().ifPresent(host -> line(text, "Host", host));
        line(text, "Release", event.release());
        line(text, "By", event.who());
        line(text, "At", event.at().truncatedTo(ChronoUnit.SECONDS).toString());
        line(text, "After", event.duration());
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    private static boolean isForGood(MessagingException failure) {
        for (Exception e = failure; e instanceof MessagingException one; e = one.getNextException()) {
            if (one instanceof AuthenticationFailedException || code(one) >= REFUSED_FOR_GOOD) {
                return true;
            }
        }
        return false;
    }

    private static int code(MessagingException e) {
        return e instanceof SMTPSendFailedException refused
                ? refused.getReturnCode()
                : e instanceof SMTPAddressFailedException refused
                        ? refused.getReturnCode()
                        : e instanceof SMTPSenderFailedException refused ? refused.getReturnCode() : 0;
    }

    private static String said(MessagingException failure) {
        List<String> all = new ArrayList<>();
        Exception e = failure;
        while (e != null) {
            String message = e.getMessage() == null
                    ? e.getClass().getSimpleName()
                    : e.getMessage().strip();
            if (!all.contains(message)) {
                all.add(message.replaceAll("\\s+", " "));
            }
            e = e instanceof MessagingException one ? one.getNextException() : null;
        }
        return String.join("; ", all);
    }
}
