package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.Secret;
import io.jenkins.plugins.consuldeploy.jenkins.FieldCheck;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.registry.Glob;
import io.jenkins.plugins.consuldeploy.registry.JsonPath;
import java.util.regex.Pattern;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What the forms of all rules have in common: the checks of their fields. */
public abstract class WebhookDescriptor extends Descriptor<Webhook> {

    private static final int MIN_SIGNING_SECRET = 16;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");

    @Override
    public String getDisplayName() {
        return "Webhook of an image registry";
    }

    @POST
    public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.asWritten(item, value, WebhookDescriptor::checkName);
    }

    @POST
    public FormValidation doCheckRepository(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.asWritten(item, value, pattern -> checkPattern("repository", pattern));
    }

    @POST
    public FormValidation doCheckTag(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.asWritten(item, value, pattern -> checkPattern("tag", pattern.isEmpty() ? "**" : pattern));
    }

    @POST
    public FormValidation doCheckSigningSecret(@AncestorInPath Item item, @QueryParameter String value) {
        if (!FieldCheck.mayConfigure(item)) {
            return FormValidation.ok();
        }
        int length = Secret.fromString(Util.fixNull(value)).getPlainText().length();
        return length > 0 && length < MIN_SIGNING_SECRET
                ? FormValidation.warning("It is short: whoever sees one signed body can guess it")
                : FormValidation.ok();
    }

    @POST
    public FormValidation doCheckSignatureHeader(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.asWritten(item, value, WebhookDescriptor::checkHeader);
    }

    @POST
    public FormValidation doCheckRepositoryPath(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String tagPath) {
        return FieldCheck.asWritten(item, value, path -> checkPaths(path, Util.fixNull(tagPath), ""));
    }

    @POST
    public FormValidation doCheckTagPath(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String repositoryPath) {
        return FieldCheck.asWritten(item, value, path -> checkPaths(Util.fixNull(repositoryPath), path, ""));
    }

    @POST
    public FormValidation doCheckDigestPath(@AncestorInPath Item item, @QueryParameter String value) {
        return FieldCheck.asWritten(item, value, path -> checkPath("digest path", path));
    }

    /**
     * Checks every field that a form or a file may have got wrong.
     *
     * @throws BadInputException for the first that can't be used
     */
    static void check(Webhook webhook) {
        checkName(webhook.getName());
        checkPattern("repository", webhook.getRepository());
        checkPattern("tag", webhook.getTag());
        checkHeader(webhook.getSignatureHeader());
        checkPaths(
                Util.fixNull(webhook.getRepositoryPath()),
                Util.fixNull(webhook.getTagPath()),
                Util.fixNull(webhook.getDigestPath()));
    }

    // Private

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BadInputException(
                    "name",
                    name,
                    "1 to 64 letters, digits, blanks, '.', '_' and '-', beginning with a letter or digit");
        }
    }

    private static void checkPattern(String field, String pattern) {
        try {
            new Glob(pattern);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(field, pattern, e.getMessage());
        }
    }

    private static void checkHeader(String header) {
        if (!header.isEmpty() && !HEADER.matcher(header).matches()) {
            throw new BadInputException(
                    "signature header", header, "the name of an HTTP header, such as X-Hub-Signature-256");
        }
    }

    private static void checkPaths(String repository, String tag, String digest) {
        checkPath("repository path", repository);
        checkPath("tag path", tag);
        checkPath("digest path", digest);
        if (repository.isEmpty() != tag.isEmpty()) {
            throw new BadInputException(
                    repository.isEmpty() ? "repository path" : "tag path",
                    "it is empty, and the other is not; give both, or none to recognize the registry");
        }
        if (repository.isEmpty() && !digest.isEmpty()) {
            throw new BadInputException("digest path", digest, "give the paths of repository and tag too");
        }
    }

    private static void checkPath(String field, String path) {
        if (!path.isEmpty()) {
            try {
                JsonPath.parse(path);
            } catch (IllegalArgumentException e) {
                throw new BadInputException(field, path, e.getMessage());
            }
        }
    }
}
