package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Util;
import hudson.model.Describable;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.registry.Glob;
import io.jenkins.plugins.consuldeploy.registry.JsonPath;
import io.jenkins.plugins.consuldeploy.registry.Push;
import io.jenkins.plugins.consuldeploy.registry.PushPaths;
import java.util.Optional;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * One rule: which pushes it is for, and how they are told. Its address' secret is not here but in {@link WebhookSecrets},
 * so that it is in no job's configuration, and a copy of a job gets another.
 */
public abstract class Webhook implements Describable<Webhook> {

    /** Where GitHub puts its signature. */
    public static final String DEFAULT_SIGNATURE_HEADER = "X-Hub-Signature-256";

    private static final String EVERYTHING = "**";

    private final String name;
    private final String repository;
    private String tag;
    private Secret signingSecret;
    private String signatureHeader;
    private String repositoryPath;
    private String tagPath;
    private String digestPath;

    protected Webhook(String name, String repository) {
        this.name = Util.fixNull(name).strip();
        this.repository = Util.fixNull(repository).strip();
    }

    public String getName() {
        return name;
    }

    public String getRepository() {
        return repository;
    }

    public String getTag() {
        return tag == null ? EVERYTHING : tag;
    }

    @DataBoundSetter
    public void setTag(String tag) {
        String pattern = Util.fixEmptyAndTrim(tag);
        this.tag = EVERYTHING.equals(pattern) ? null : pattern;
    }

    public Secret getSigningSecret() {
        return signingSecret;
    }

    @DataBoundSetter
    public void setSigningSecret(Secret signingSecret) {
        this.signingSecret = Secret.toString(signingSecret).isEmpty() ? null : signingSecret;
    }

    public String getSignatureHeader() {
        return signatureHeader == null ? DEFAULT_SIGNATURE_HEADER : signatureHeader;
    }

    @DataBoundSetter
    public void setSignatureHeader(String header) {
        String given = Util.fixEmptyAndTrim(header);
        this.signatureHeader = DEFAULT_SIGNATURE_HEADER.equals(given) ? null : given;
    }

    public String getRepositoryPath() {
        return repositoryPath;
    }

    @DataBoundSetter
    public void setRepositoryPath(String path) {
        this.repositoryPath = Util.fixEmptyAndTrim(path);
    }

    public String getTagPath() {
        return tagPath;
    }

    @DataBoundSetter
    public void setTagPath(String path) {
        this.tagPath = Util.fixEmptyAndTrim(path);
    }

    public String getDigestPath() {
        return digestPath;
    }

    @DataBoundSetter
    public void setDigestPath(String path) {
        this.digestPath = Util.fixEmptyAndTrim(path);
    }

    /**
     * Whether a push is one that the rule is for. The repository matches with its registry's host or without.
     *
     * @throws IllegalArgumentException when a pattern can't be used
     */
    boolean isFor(Push push) {
        Glob repositories = new Glob(repository);
        return new Glob(getTag()).matches(push.tag())
                && (repositories.matches(push.repository()) || repositories.matches(push.image()));
    }

    /**
     * Where the body has what is needed; empty when the sender is recognized.
     *
     * @throws IllegalArgumentException when a path can't be used
     */
    Optional<PushPaths> paths() {
        if (repositoryPath == null || tagPath == null) {
            return Optional.empty();
        }
        return Optional.of(new PushPaths(
                JsonPath.parse(repositoryPath),
                JsonPath.parse(tagPath),
                Optional.ofNullable(digestPath).map(JsonPath::parse)));
    }

    /** The key that bodies are signed with; empty when they need not be. */
    Optional<String> signingKey() {
        return Optional.ofNullable(signingSecret).map(Secret::getPlainText);
    }
}
