package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;

/**
 * The secrets that the addresses of the rules end with, encrypted in a file of their own: no job's configuration has
 * them, so nobody gets one by reading or copying a job.
 */
@Extension
public final class WebhookSecrets {

    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What of a path may be one at all. The shortest has 128 bit. */
    static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{22,128}");

    private Map<String, Secret> secrets;

    static WebhookSecrets get() {
        return ExtensionList.lookupSingleton(WebhookSecrets.class);
    }

    /** The secret of a rule; one is made for a rule that has none yet. */
    synchronized String of(RuleId rule) {
        Secret secret = secrets().get(rule.key());
        return secret == null ? rotate(rule) : secret.getPlainText();
    }

    /** Gives a rule a new secret. Its address until now is of no rule any more. */
    synchronized String rotate(RuleId rule) {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        secrets().put(rule.key(), Secret.fromString(secret));
        save();
        return secret;
    }

    /** Whether any rule can be reached at all. Every build in the queue asks: a file that can't be read stops none. */
    synchronized boolean areThereAny() {
        try {
            return !secrets().isEmpty();
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    /** Whether that is the rule's, told in constant time. */
    synchronized boolean isOf(RuleId rule, String secret) {
        Secret own = secrets().get(rule.key());
        return MessageDigest.isEqual(hash(own == null ? "" : own.getPlainText()), hash(secret)) && own != null;
    }

    /**
     * Takes over those that Jenkins' configuration gives its rules, and forgets those of rules that it has no more: all
     * of that or, where one is refused, nothing.
     *
     * @param names of all rules that the configuration has
     * @param given for rules that bring one along, by name
     * @throws BadInputException when one could be guessed, or is another rule's
     */
    synchronized void setGlobal(Set<String> names, Map<String, Secret> given) {
        String none = RuleId.global("").key();
        Map<String, Secret> next = new TreeMap<>(secrets());
        next.keySet().removeIf(key -> key.startsWith(none) && !names.contains(key.substring(none.length())));
        given.keySet().forEach(name -> next.remove(RuleId.global(name).key()));
        given.forEach((name, secret) -> {
            if (!SECRET.matcher(secret.getPlainText()).matches()) {
                throw new BadInputException(
                        "secret", "22 to 128 letters, digits, '-' and '_', such as openssl rand -hex 32 prints");
            }
            if (next.containsValue(secret)) {
                throw new BadInputException("secret", "another webhook has the same; make one for each");
            }
            next.put(RuleId.global(name).key(), secret);
        });
        if (!next.equals(secrets)) {
            secrets = next;
            save();
        }
    }

    /** A job, or a folder of jobs, has another full name now. */
    synchronized void move(String oldName, String newName) {
        Map<String, Secret> moved = new TreeMap<>();
        secrets().forEach((key, secret) -> moved.put(Keys.moved(key, oldName, newName), secret));
        if (!moved.equals(secrets)) {
            secrets = moved;
            save();
        }
    }

    /** A job, or a folder of jobs, is gone. */
    synchronized void remove(String job) {
        if (secrets().keySet().removeIf(key -> Keys.isBelow(key, job))) {
            save();
        }
    }

    // Private

    @SuppressWarnings("unchecked")
    private Map<String, Secret> secrets() {
        if (secrets == null) {
            try {
                secrets = file().exists() ? (Map<String, Secret>) file().read() : new TreeMap<>();
            } catch (IOException e) {
                throw new UncheckedIOException("could not read " + file(), e);
            }
        }
        return secrets;
    }

    private void save() {
        try {
            file().write(secrets);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file(), e);
        }
    }

    private static XmlFile file() {
        return new XmlFile(new File(Jenkins.get().getRootDir(), WebhookSecrets.class.getName() + ".xml"));
    }

    private static byte[] hash(String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
