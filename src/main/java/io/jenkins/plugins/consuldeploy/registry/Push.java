package io.jenkins.plugins.consuldeploy.registry;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A tag of a repository was pushed. Every part has only the characters that image references have ("Open Container
 * Initiative Distribution Specification", Pulling manifests), so that it can stand in a parameter, a key or a page.
 *
 * @param host       the registry's, with its port, where the notification says it
 * @param repository without the registry's host
 * @param digest     of what was pushed, with its algorithm; some registries do not say it
 * @param mark       what tells this push from another of the same tag where there is no digest: the time of the push
 */
public record Push(
        Optional<String> host, String repository, String tag, Optional<String> digest, Optional<String> mark) {

    private static final int MAX_NAME = 255;
    private static final int MAX_MARK = 64;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");
    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("[a-z0-9]+([+._-][a-z0-9]+)*:[A-Fa-f0-9]{32,128}");
    private static final Pattern BARE_SHA256 = Pattern.compile("[A-Fa-f0-9]{64}");

    /** Of parts as a body has them; an empty optional part is an absent one. */
    static Push of(String host, String repository, String tag, String digest, String mark)
            throws BadNotificationException {
        String algorithm = BARE_SHA256.matcher(digest).matches() ? "sha256:" : "";
        return new Push(
                checked("registry's host", host, HOST),
                checked("repository", repository, REPOSITORY)
                        .orElseThrow(() -> new BadNotificationException("the repository is empty")),
                checked("tag", tag, TAG).orElseThrow(() -> new BadNotificationException("the tag is empty")),
                checked("digest", algorithm + digest, DIGEST),
                Optional.of(Quote.of(mark, MAX_MARK)).filter(text -> !text.isEmpty()));
    }

    /** Of an image's full name, such as {@code ghcr.io/octo/app}. */
    static Push ofImage(String image, String tag, String digest, String mark) throws BadNotificationException {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        // As docker itself tells a host from a name.
        boolean hasHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return of(hasHost ? first : "", hasHost ? image.substring(slash + 1) : image, tag, digest, mark);
    }

    /** The image's name as it is pulled, without a tag. */
    public String image() {
        return host.map(name -> name + "/").orElse("") + repository;
    }

    /** The image and its tag, for people. */
    @Override
    public String toString() {
        return image() + ":" + tag;
    }

    private static Optional<String> checked(String what, String text, Pattern pattern) throws BadNotificationException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.length() > MAX_NAME || !pattern.matcher(text).matches()) {
            throw new BadNotificationException("the " + what + " '" + Quote.of(text) + "' is none");
        }
        return Optional.of(text);
    }
}
