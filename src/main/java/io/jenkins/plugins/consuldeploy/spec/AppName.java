package io.jenkins.plugins.consuldeploy.spec;

/** The names under which deployments of other kinds are on record as releases. */
final class AppName {

    private static final int LONGEST = 100;
    private static final int KEPT = 80;

    private AppName() {}

    /** {@code key configs/web/IMAGE_TAG}; one that is too long for a record keeps its beginning and a number. */
    static String of(String kind, String what) {
        String name = kind + " " + what;
        return name.length() <= LONGEST ? name : name.substring(0, KEPT) + "~" + Integer.toHexString(name.hashCode());
    }
}
