package io.jenkins.plugins.consuldeploy.phase;

import java.util.Set;

/** The rule for a node's name, which is a part of keys. */
public final class NodeName {

    private NodeName() {}

    /**
     * @return the name
     * @throws BadInputException when it can't safely be a part of a key
     */
    public static String check(String name) {
        return SafeName.check("node name", name, Set.of());
    }
}
