package io.jenkins.plugins.consuldeploy.jenkins.channels;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.consuldeploy.jenkins.parts.Plain;
import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.MailChannel;
import io.jenkins.plugins.consuldeploy.notify.MailServer;
import io.jenkins.plugins.consuldeploy.notify.Secret;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** People who get mail. */
public final class MailingList implements NotificationChannel {

    private static final int PORT = 25;
    private static final int STARTTLS_PORT = 587;
    private static final int TLS_PORT = 465;

    private final String name;
    private final String server;
    private final String from;
    private final String to;
    private String port;
    private String security;
    private String credentialsId;

    @DataBoundConstructor
    public MailingList(String name, String server, String from, String to) {
        this.name = Util.fixNull(name).strip();
        this.server = Util.fixEmptyAndTrim(server);
        this.from = Util.fixEmptyAndTrim(from);
        this.to = Util.fixEmptyAndTrim(to);
    }

    @Override
    public String getName() {
        return name;
    }

    public String getServer() {
        return server;
    }

    public String getFrom() {
        return from;
    }

    public String getTo() {
        return to;
    }

    public String getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(String port) {
        this.port = Util.fixEmptyAndTrim(port);
    }

    public String getSecurity() {
        return security;
    }

    @DataBoundSetter
    public void setSecurity(String security) {
        this.security = Util.fixEmptyAndTrim(security);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    @Override
    public Channel open(ChannelAccess access) {
        MailServer.Security how = security(security);
        int at = Words.of(port == null ? Map.of() : Map.of("port", port), Words.Places.UNKNOWN)
                .port("port")
                .orElse(usualPort(how));
        Optional<MailServer.Login> login = Optional.ofNullable(credentialsId).map(id -> login(access, id));
        MailServer through = new MailServer(Util.fixNull(server), at, how, login, MailServer.TIMEOUT);
        return new MailChannel(through, Util.fixNull(from), addresses(to));
    }

    // Private

    private MailServer.Login login(ChannelAccess access, String id) {
        StandardUsernamePasswordCredentials found = access.login(name, "login", id);
        return new MailServer.Login(found.getUsername(), new Secret(hudson.util.Secret.toString(found.getPassword())));
    }

    private static List<String> addresses(String to) {
        List<Object> addresses = Plain.list("to", to);
        return addresses == null
                ? List.of()
                : addresses.stream().map(String::valueOf).toList();
    }

    private static MailServer.Security security(String text) {
        return Arrays.stream(MailServer.Security.values())
                .filter(choice -> word(choice).equals(text == null ? word(MailServer.Security.NONE) : text))
                .findFirst()
                .orElseThrow(() -> new BadInputException("security", text, "'none', 'starttls' or 'tls'"));
    }

    private static String word(MailServer.Security choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static int usualPort(MailServer.Security security) {
        return switch (security) {
            case NONE -> PORT;
            case STARTTLS -> STARTTLS_PORT;
            case TLS -> TLS_PORT;
        };
    }

    /** Its name and its form. */
    @Extension
    @Symbol("mail")
    public static final class DescriptorImpl extends ChannelDescriptor {

        public DescriptorImpl() {
            super(MailingList.class);
        }

        @Override
        public String getDisplayName() {
            return "Mail";
        }

        @POST
        public FormValidation doCheckServer(@QueryParameter String value) {
            return needed("server", value);
        }

        @POST
        public FormValidation doCheckPort(@QueryParameter String value) {
            return given(value, text -> Words.of(Map.of("port", text), Words.Places.UNKNOWN)
                    .port("port"));
        }

        @POST
        public FormValidation doCheckSecurity(@QueryParameter String value) {
            return given(value, MailingList::security);
        }

        @POST
        public FormValidation doCheckFrom(@QueryParameter String value) {
            return address("from", value);
        }

        @POST
        public FormValidation doCheckTo(@QueryParameter String value) {
            return address("to", value);
        }

        @POST
        public FormValidation doCheckCredentialsId(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : credentials("login", value, StandardUsernamePasswordCredentials.class);
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return choices(credentialsId, StandardUsernamePasswordCredentials.class);
        }

        /** The choices are the same for everybody. */
        @POST
        public ListBoxModel doFillSecurityItems() {
            ListBoxModel items = new ListBoxModel();
            Arrays.stream(MailServer.Security.values()).map(MailingList::word).forEach(items::add);
            return items;
        }

        private static FormValidation address(String field, String value) {
            return io.jenkins.plugins.consuldeploy.jenkins.FieldCheck.byAdministrator(value, text -> {
                if (!text.contains("@")) {
                    throw new BadInputException(field, text, "an address such as releases@example.com");
                }
            });
        }
    }
}
