package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.MailChannel;
import io.jenkins.plugins.consuldeploy.notify.MailServer;
import io.jenkins.plugins.consuldeploy.notify.Secret;
import io.jenkins.plugins.consuldeploy.notify.SecretUrl;
import io.jenkins.plugins.consuldeploy.notify.SignedWebhook;
import io.jenkins.plugins.consuldeploy.notify.SlackWebhook;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A channel that is written out: {@code slack}, {@code webhook} or {@code mail}. No error shows a secret. */
public final class ChannelWords {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)}");
    private static final int PORT = 25;
    private static final int STARTTLS_PORT = 587;
    private static final int TLS_PORT = 465;

    private final Channels channels;
    private final TimeSource time;
    private final boolean mayHoldSecrets;

    /**
     * @param channels       for the variables and the webhooks
     * @param mayHoldSecrets whether the words are where others can't read them: else a secret has to be
     *                       {@code ${env:NAME}}
     */
    public ChannelWords(Channels channels, TimeSource time, boolean mayHoldSecrets) {
        this.channels = channels;
        this.time = time;
        this.mayHoldSecrets = mayHoldSecrets;
    }

    /** @throws io.jenkins.plugins.consuldeploy.phase.BadInputException naming the field, by its path and its place */
    public Channel read(Words channel) {
        String kind = channel.choice("slack", "webhook", "mail");
        return switch (kind) {
            case "slack" -> {
                Words words = HostWords.named(channel, kind, "url").only("url");
                yield new SlackWebhook(secret(words, "url", SecretUrl::of), channels.webhooks());
            }
            case "webhook" -> {
                Words words = channel.words(kind).only("url", "key");
                yield new SignedWebhook(
                        secret(words, "url", SecretUrl::of),
                        secret(words, "key", Secret::new),
                        channels.webhooks(),
                        time);
            }
            default -> mail(channel.words(kind));
        };
    }

    // Private

    private Channel mail(Words words) {
        words.only("server", "port", "security", "user", "password", "timeout", "from", "to");
        String host = words.text("server");
        MailServer.Security security =
                switch (words.optionalText("security").orElse("none")) {
                    case "none" -> MailServer.Security.NONE;
                    case "starttls" -> MailServer.Security.STARTTLS;
                    case "tls" -> MailServer.Security.TLS;
                    default -> throw words.bad("security", words.text("security"), "'none', 'starttls' or 'tls'");
                };
        OptionalInt port = words.port("port");
        Optional<MailServer.Login> login = words.optionalText("user")
                .map(user -> new MailServer.Login(user, secret(words, "password", Secret::new)));
        if (login.isEmpty() && words.has("password")) {
            throw words.missing("user");
        }
        MailServer server = new MailServer(
                host, port.orElse(usualPort(security)), security, login, words.time("timeout", MailServer.TIMEOUT));
        String from = words.text("from");
        return words.checked(
                "to", words.texts("to").toString(), () -> new MailChannel(server, from, words.texts("to")));
    }

    private static int usualPort(MailServer.Security security) {
        return switch (security) {
            case NONE -> PORT;
            case STARTTLS -> STARTTLS_PORT;
            case TLS -> TLS_PORT;
        };
    }

    private <T> T secret(Words words, String field, Function<String, T> reading) {
        String text = words.text(field);
        Matcher variable = VARIABLE.matcher(text.strip());
        boolean isVariable = variable.matches();
        if (!isVariable && !mayHoldSecrets) {
            throw words.bad(
                    field,
                    "(not shown)",
                    "it would stand in the release's record, where others read it; give it in an environment variable,"
                            + " as ${env:" + field.toUpperCase(Locale.ROOT) + "}, or name a channel ("
                            + channels.known() + ")");
        }
        String shown = isVariable ? text.strip() : "(not shown)";
        String value = isVariable
                ? channels.variable(variable.group(1))
                        .filter(given -> !given.isBlank())
                        .orElseThrow(() -> words.bad(field, shown, "this environment variable is not set here"))
                : text;
        return words.checked(field, shown, () -> reading.apply(value.strip()));
    }
}
