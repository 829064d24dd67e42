package io.jenkins.plugins.consuldeploy.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.jenkins.plugins.consuldeploy.notify.MailServer.Login;
import io.jenkins.plugins.consuldeploy.notify.MailServer.Security;
import io.jenkins.plugins.consuldeploy.notify.ReleaseEvent.Kind;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.Test;

/** A real SMTP server, in this process. */
public class MailChannelTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private GreenMail server;

    @After
    public void stopServer() {
        if (server != null) {
            server.stop();
        }
    }

    @Test
    public void aMailSaysWhatHappenedToWhomAndWhy() throws Exception {
        int port = start(ServerSetup.PROTOCOL_SMTP);

        channel(port, Security.NONE, Optional.empty()).deliver(Events.hostFailed("app3", "HTTP 503 für\nalle"));

        assertThat(server.getReceivedMessages()).hasSize(2);
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("web v7: host app3 failed");
        assertThat(mail.getFrom()[0]).hasToString("deploys@example.com");
        assertThat(mail.getAllRecipients()).hasSize(2);
        assertThat(mail.getMessageID()).endsWith("@example.com>");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(((String) mail.getContent()).replace("\r\n", "\n"))
                .startsWith("web v7: host app3 failed.\n\nHTTP 503 für\nalle\n\n")
                .contains("Release: r-1\n", "By: deploy #12 by alice\n", "After: 2 min 5 s");
    }

    @Test
    public void whoHandsItInLogsIn() throws Exception {
        int port = start(ServerSetup.PROTOCOL_SMTP);
        server.setUser("deployer", "right");

        channel(port, Security.NONE, Optional.of(new Login("deployer", new Secret("right"))))
                .deliver(Events.of(Kind.STARTED));

        assertThat(server.getReceivedMessages()).hasSize(2);
        MailChannel wrong = channel(port, Security.NONE, Optional.of(new Login("deployer", new Secret("wr0ng-pass"))));
        assertThat(failure(wrong))
                .hasMessageContaining("mail to ops@example.com, oncall@example.com by 127.0.0.1:" + port)
                .hasMessageNotContaining("wr0ng-pass")
                .hasNoCause()
                .satisfies(e -> assertThat(e.isHopeless()).isTrue());
        assertThat(wrong.describe()).doesNotContain("wr0ng-pass");
    }

    @Test
    public void aConnectionThatHasToBeSecretIsOrFails() throws Exception {
        int plain = start(ServerSetup.PROTOCOL_SMTP);
        assertThat(failure(channel(plain, Security.STARTTLS, Optional.empty())))
                .hasMessageContaining("STARTTLS is required")
                .satisfies(e -> assertThat(e.isHopeless()).isFalse());
        assertThat(server.getReceivedMessages()).isEmpty();
        server.stop();

        int tls = start(ServerSetup.PROTOCOL_SMTPS);
        assertThat(failure(channel(tls, Security.TLS, Optional.empty())))
                .as("its certificate is its own")
                .hasMessageContaining("PKIX");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    public void aServerThatIsNotThereMayComeBack() {
        assertThat(failure(channel(1, Security.NONE, Optional.empty())))
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("Connection refused")
                .satisfies(e -> assertThat(e.isHopeless()).isFalse());
    }

    @Test
    public void aRecipientThatTheServerRefusesForGoodIsNotTriedAgain() throws Exception {
        try (ScriptedSmtp smtp = new ScriptedSmtp("550 5.1.1 no such user")) {
            assertThat(failure(channel(smtp.port(), Security.NONE, Optional.empty())))
                    .hasMessageContaining("550 5.1.1 no such user")
                    .satisfies(e -> assertThat(e.isHopeless()).isTrue());
        }
        try (ScriptedSmtp smtp = new ScriptedSmtp("450 4.2.0 greylisted, come again")) {
            assertThat(failure(channel(smtp.port(), Security.NONE, Optional.empty())))
                    .hasMessageContaining("450 4.2.0 greylisted")
                    .satisfies(e -> assertThat(e.isHopeless()).isFalse());
        }
    }

    @Test
    public void anAddressThatIsNoneIsNamed() {
        MailServer any = new MailServer("localhost", 25, Security.NONE, Optional.empty(), TIMEOUT);

        assertThatThrownBy(() -> new MailChannel(any, "not an address", List.of("ops@example.com")))
                .hasMessageContaining("sender 'not an address'");
        assertThatThrownBy(() -> new MailChannel(any, "a@example.com", List.of("b@example.com\nBcc: c@example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("recipient");
        assertThatThrownBy(() -> new MailChannel(any, "a@example.com", List.of()))
                .hasMessageContaining("no recipient");
        assertThatThrownBy(() -> new MailServer(" ", 25, Security.NONE, Optional.empty(), TIMEOUT))
                .hasMessageContaining("no name");
    }

    private int start(String protocol) {
        server = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
        server.start();
        return protocol.equals(ServerSetup.PROTOCOL_SMTPS)
                ? server.getSmtps().getPort()
                : server.getSmtp().getPort();
    }

    private static MailChannel channel(int port, Security security, Optional<Login> login) {
        return new MailChannel(
                new MailServer("127.0.0.1", port, security, login, TIMEOUT),
                "deploys@example.com",
                List.of("ops@example.com", "oncall@example.com"));
    }

    private static DeliveryException failure(MailChannel channel) {
        return catchThrowableOfType(DeliveryException.class, () -> channel.deliver(Events.of(Kind.STARTED)));
    }
}
