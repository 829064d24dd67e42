package io.jenkins.plugins.consuldeploy.notify;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The URL of a webhook. Whoever knows it can write there, so it is shown up to its host alone.
 *
 * @param uri all of it
 */
public record SecretUrl(URI uri) {

    /** A piece of a path that is shorter says nothing, and would be found in any text. */
    private static final int SHORTEST_SECRET = 6;

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException that says what would be accepted, and shows nothing of the text
     */
    public static SecretUrl of(String text) {
        try {
            return new SecretUrl(new URI(text.strip()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the webhook's URL can't be read; " + ACCEPTED); // no cause: it has the text
        }
    }

    /** @throws IllegalArgumentException that says what would be accepted, and shows nothing of the URL */
    public SecretUrl {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || uri.getHost() == null) {
            throw new IllegalArgumentException("the webhook's URL is not one of HTTP; " + ACCEPTED);
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the webhook's URL has a user in it, which is not supported; " + ACCEPTED);
        }
    }

    /** {@code https://hooks.example.com/…}. */
    @Override
    public String toString() {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        boolean bare = (uri.getRawPath() == null || uri.getRawPath().length() <= 1) && uri.getRawQuery() == null;
        return uri.getScheme() + "://" + uri.getHost() + port + (bare ? "" : "/…");
    }

    /** A text that may quote the URL, or a piece of it, without that. */
    String scrub(String text) {
        String clean = text;
        for (String piece : pieces()) {
            clean = clean.replace(piece, "…");
        }
        return clean;
    }

    // Private

    private static final String ACCEPTED = "give one such as https://host/path";

    private List<String> pieces() {
        Stream<String> wholes =
                Stream.of(uri.toString(), uri.getRawPath(), uri.getPath(), uri.getRawQuery(), uri.getQuery());
        Stream<String> parts = Stream.of(uri.getRawPath(), uri.getPath(), uri.getRawQuery(), uri.getQuery())
                .filter(Objects::nonNull)
                .flatMap(piece -> Arrays.stream(piece.split("[/&=;]")));
        return Stream.concat(wholes, parts)
                .filter(Objects::nonNull)
                .filter(piece -> piece.length() >= SHORTEST_SECRET)
                .distinct()
                .sorted((a, b) -> b.length() - a.length())
                .toList();
    }
}
