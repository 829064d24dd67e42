package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.consul.LockHeldException;
import io.jenkins.plugins.consuldeploy.jenkins.ConsulServers;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.registry.Push;
import io.jenkins.plugins.consuldeploy.registry.Quote;
import io.jenkins.plugins.consuldeploy.rolling.SharedKey;
import io.jenkins.plugins.consuldeploy.spec.KeyFields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * Sets a key in Consul by compare-and-set, with the token of the configured server: what the token may not do, the
 * webhook does not. A fleet whose templates render the key runs the new image then; nodes that have a key of their own do
 * not, and are named. While somebody brings a value to its nodes one by one it is not set, and the registry sends again.
 */
public final class SetKey extends WebhookAction {

    /** The registry waits for the answer, and sends it again when there is none. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int TRIES = 3;
    private static final int MAX_KEY = 512;
    private static final String TAG = "${TAG}";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

    private final String key;
    private String value;
    private String consul;

    @DataBoundConstructor
    public SetKey(String key) {
        this.key = Util.fixNull(key).strip();
    }

    public String getKey() {
        return key;
    }

    public String getValue() {
        return value == null ? TAG : value;
    }

    @DataBoundSetter
    public void setValue(String value) {
        String given = Util.fixEmptyAndTrim(value);
        this.value = TAG.equals(given) ? null : given;
    }

    public String getConsul() {
        return consul;
    }

    @DataBoundSetter
    public void setConsul(String consul) {
        this.consul = Util.fixEmptyAndTrim(consul);
    }

    @Override
    Outcome carryOut(WebhookCause cause, Push push) {
        try {
            check();
            String text = expanded(getValue(), push);
            String root = ConsulServers.get().keyRoot(consul);
            ConsulConfig config = ConsulServers.get().access(consul);
            try (Consul client = new Consul(config.withTimeouts(
                    shorter(config.connectTimeout()), shorter(config.readTimeout()), shorter(config.outageLimit())))) {
                return set(client, root, text);
            }
        } catch (IllegalArgumentException | ConsulException.Forbidden e) {
            return new Outcome(Outcome.Kind.REFUSED, Util.fixNull(e.getMessage()));
        } catch (ConsulException e) {
            return new Outcome(Outcome.Kind.FAILED, Util.fixNull(e.getMessage()));
        }
    }

    @Override
    void check() {
        checkKey(key);
        checkValue(getValue());
    }

    // Private

    private Outcome set(Consul client, String root, String text) {
        SharedKey shared = new SharedKey(client, root, key);
        KeyFields fields = new KeyFields(
                key, false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        String why = "";
        for (int i = 0; i < TRIES; i++) {
            try {
                fields.checkNobodyRolls(client, root);
                String others = notFollowing(shared, text);
                Optional<String> before = shared.set(text);
                if (before.equals(Optional.of(text))) {
                    return new Outcome(Outcome.Kind.UNCHANGED, key + " is " + text + others);
                }
                String was = before.map(old -> ", was " + Quote.of(old)).orElse(", was not there");
                return new Outcome(Outcome.Kind.SET, key + " is " + text + was + others);
            } catch (SharedKey.ChangedMeanwhileException e) {
                why = e.getMessage();
            } catch (LockHeldException e) {
                return new Outcome(Outcome.Kind.FAILED, e.getMessage());
            }
        }
        return new Outcome(Outcome.Kind.FAILED, why);
    }

    private String notFollowing(SharedKey shared, String text) {
        List<KvEntry> others = shared.notFollowing(SharedKey.ofNode(key, "*"), text);
        return others.isEmpty()
                ? ""
                : "; these nodes have a key of their own and don't follow it: "
                        + others.stream().map(KvEntry::key).collect(Collectors.joining(", "));
    }

    private static String expanded(String template, Push push) {
        Matcher variable = VARIABLE.matcher(template);
        return variable.replaceAll(match -> Matcher.quoteReplacement(variable(match.group(1), push)));
    }

    private static String variable(String name, Push push) {
        return switch (name) {
            case "IMAGE" -> push.image();
            case "TAG" -> push.tag();
            case "DIGEST" ->
                push.digest()
                        .orElseThrow(() -> new BadInputException(
                                "value", "this registry says no digest; use ${TAG} instead of ${DIGEST}"));
            default -> throw new BadInputException("value", "${" + name + "}", "${IMAGE}, ${TAG} or ${DIGEST}");
        };
    }

    private static Duration shorter(Duration configured) {
        return configured.compareTo(PATIENCE) < 0 ? configured : PATIENCE;
    }

    private static void checkKey(String key) {
        if (key.isEmpty() || key.length() > MAX_KEY || key.startsWith("/") || key.endsWith("/")) {
            throw new BadInputException(
                    "key", key, "a key of up to " + MAX_KEY + " characters without a slash at either end");
        }
        if (key.chars().anyMatch(Character::isISOControl) || key.contains("//")) {
            throw new BadInputException("key", key, "no control characters, no two slashes together");
        }
    }

    private static void checkValue(String template) {
        Matcher variable = VARIABLE.matcher(template);
        while (variable.find()) {
            if (!variable.group(1).matches("IMAGE|TAG|DIGEST")) {
                throw new BadInputException("value", variable.group(), "${IMAGE}, ${TAG} or ${DIGEST}");
            }
        }
    }

    /** The checks of its fields. */
    @Extension
    @Symbol("setKey")
    public static final class DescriptorImpl extends Descriptor<WebhookAction> {

        @Override
        public String getDisplayName() {
            return "Set a key in Consul";
        }

        @POST
        public FormValidation doCheckKey(@QueryParameter String value) {
            return FieldCheck.byAdministrator(value, SetKey::checkKey);
        }

        @POST
        public FormValidation doCheckValue(@QueryParameter String value) {
            return FieldCheck.byAdministrator(value, SetKey::checkValue);
        }

        @POST
        public FormValidation doCheckConsul(@QueryParameter String value) {
            return FieldCheck.byAdministrator(value, name -> ConsulServers.get().keyRoot(name));
        }
    }
}
