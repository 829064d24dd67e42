package io.jenkins.plugins.consuldeploy.phase;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Where everything is in Consul's tree. Below the prefix stands what Depro's programs know too, and nothing else, because
 * they take every child but {@code current} for a version; our own keys stand below a root of their own, with the prefix
 * as one percent-encoded segment, so that no name can reach into another's keys.
 */
public final class Tree {

    public static final String DEFAULT_ROOT = "consul-deploy";
    static final String CURRENT = "current";

    private static final int MAX_PREFIX_BYTES = 200;

    private final String prefix;
    private final String own;

    private Tree(String prefix, String root) {
        this.prefix = prefix;
        this.own = root + "/deploy/"
                + URLEncoder.encode(prefix, StandardCharsets.UTF_8).replace("+", "%20") + "/";
    }

    /** The tree of a prefix, with our own keys below {@link #DEFAULT_ROOT}. */
    public static Tree of(String prefix) {
        return of(prefix, DEFAULT_ROOT);
    }

    /**
     * The tree of a prefix.
     *
     * @param prefix such as {@code api/version}; slashes around it don't count
     * @param root   below which our own keys stand
     * @throws BadInputException when the prefix is empty, unsafe, or inside our own root
     */
    public static Tree of(String prefix, String root) {
        String ownRoot = checkedRoot(root);
        String path = segments("prefix", prefix);
        if (path.equals(ownRoot) || path.startsWith(ownRoot + "/")) {
            throw new BadInputException(
                    "prefix", prefix, "it is inside '" + ownRoot + "/', where our own keys are; choose another");
        }
        if (ownRoot.startsWith(path + "/")) {
            throw new BadInputException(
                    "key root", root, "it is inside '" + path + "/', where every folder is a version; choose another");
        }
        return new Tree(path, ownRoot);
    }

    /**
     * A root for our own keys, without slashes around it.
     *
     * @throws BadInputException when it is empty or unsafe
     */
    public static String checkedRoot(String root) {
        return segments("key root", root);
    }

    private static String segments(String field, String text) {
        String path = text.strip().replaceAll("^/+|/+$", "");
        if (path.isEmpty()) {
            throw new BadInputException(field, text, "it is empty; give a key prefix such as api/version");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PREFIX_BYTES) {
            throw new BadInputException(field, text, "it has more than " + MAX_PREFIX_BYTES + " bytes");
        }
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                throw new BadInputException(field, text, "it has two slashes in a row");
            }
            SafeName.check(field, segment, Set.of());
        }
        return path;
    }

    /** The prefix, without slashes around it. */
    public String prefix() {
        return prefix;
    }

    /** Everything below the prefix, for a listing. */
    public String versions() {
        return prefix + "/";
    }

    /** The version that every node must run; also the bell that wakes the agents. */
    public String current() {
        return prefix + "/" + CURRENT;
    }

    /** The folder of a version, with its slash: {@code v1} is not {@code v10}. */
    public String folder(Version version) {
        return prefix + "/" + version.name() + "/";
    }

    /** What a node says of a version. */
    public String state(Version version, String node) {
        return folder(version) + node;
    }

    /** The version that a child of {@link #versions()} stands for; empty for {@code current} and for stray keys. */
    public Optional<Version> versionOf(String child) {
        if (!child.endsWith("/")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Version(child.substring(0, child.length() - 1)));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    /** Everything of our own for this prefix, for a listing. */
    public String own() {
        return own;
    }

    /** The node whose state of a version a key holds; empty for the folder itself and for keys outside of it. */
    public Optional<String> nodeOf(Version version, String key) {
        String folder = folder(version);
        return key.startsWith(folder) && key.length() > folder.length()
                ? Optional.of(key.substring(folder.length()))
                : Optional.empty();
    }

    /** The lock of whoever changes something here. */
    public String lock() {
        return own + "lock";
    }

    /** The versions that were {@code current}, for a rollback. */
    public String history() {
        return own + "history";
    }

    /** All pins. */
    public String pins() {
        return own + "pin/";
    }

    /** A version for this one node, over {@code current}; empty when it has none. */
    public String pin(String node) {
        return pins() + node;
    }

    /** Which events a node has handled. */
    public String events(String node) {
        return own + "event/" + node;
    }

    /** All reports. */
    public String reports() {
        return own + "node/";
    }

    /** What a node has to tell beyond its state. */
    public String report(String node) {
        return reports() + node;
    }

    @Override
    public String toString() {
        return prefix;
    }
}
