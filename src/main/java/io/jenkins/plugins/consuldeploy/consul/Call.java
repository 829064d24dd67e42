package io.jenkins.plugins.consuldeploy.consul;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One request to Consul: where it goes, and the words for its failure.
 *
 * @param doing       what is being done, as in "could not <em>read the key x</em>"
 * @param permission  what an ACL token needs for it, as in {@code key:read on "x"}
 * @param path        percent-encoded, from {@code /v1/} on
 * @param query       parameters, percent-encoded
 * @param hold        how long Consul may hold the answer back; zero when it is to answer at once
 * @param within      how long an answer is waited for, where that is less than {@link ConsulConfig#readTimeout()}
 * @param repeatable  whether it may be sent again when the answer to the first got lost
 */
record Call(
        String doing,
        String permission,
        String path,
        List<String> query,
        Duration hold,
        Optional<Duration> within,
        boolean repeatable) {

    /** What servers and proxies clean a path of. */
    private static final Pattern BENT = Pattern.compile("^/|//|(?:^|/)\\.{1,2}(?:/|$)");

    static Call read(String doing, String permission, String path, String... query) {
        return new Call(
                doing, permission, path, List.copyOf(Arrays.asList(query)), Duration.ZERO, Optional.empty(), true);
    }

    static Call write(String doing, String permission, String path, String... query) {
        return new Call(
                doing, permission, path, List.copyOf(Arrays.asList(query)), Duration.ZERO, Optional.empty(), false);
    }

    /** The same read as a blocking query: answered when the index moves past {@code from}, or the wait is over. */
    Call blocking(BlockingQuery from) {
        if (from.index() == 0) {
            return this;
        }
        List<String> parameters = new ArrayList<>(query);
        parameters.add("index=" + Long.toUnsignedString(from.index()));
        parameters.add("wait=" + from.maxWait().toMillis() + "ms");
        return new Call(doing, permission, path, parameters, from.maxWait(), within, repeatable);
    }

    Call with(String parameter) {
        List<String> parameters = new ArrayList<>(query);
        parameters.add(parameter);
        return new Call(doing, permission, path, parameters, hold, within, repeatable);
    }

    Call within(Duration limit) {
        return new Call(doing, permission, path, query, hold, Optional.of(limit), repeatable);
    }

    Call asRepeatable() {
        return new Call(doing, permission, path, query, hold, within, true);
    }

    /** Percent-encodes one path segment or one parameter's value (RFC 3986). */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Percent-encodes a key, whose slashes stay slashes.
     *
     * @throws IllegalArgumentException for a key whose URL HTTP would bend into another key's
     */
    static String encodeKey(String key) {
        if (BENT.matcher(key).find()) {
            throw new IllegalArgumentException("the key '" + key + "' can't be asked for by HTTP, where it is"
                    + " another key: leave out slashes at its beginning, two in a row, and the parts '.' and '..'");
        }
        return Arrays.stream(key.split("/", -1)).map(Call::encode).collect(Collectors.joining("/"));
    }
}
