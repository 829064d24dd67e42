package io.jenkins.plugins.consuldeploy.phase;

/** What nodes are waited for to be. */
enum Aim {
    PREPARED("ready"),
    RUNNING("active");

    private final String word;

    Aim(String word) {
        this.word = word;
    }

    /** @param state null for a node that has not said anything */
    boolean isMetBy(NodeState state) {
        return state != null && (this == PREPARED ? state.isPrepared() : state == NodeState.ACTIVE);
    }

    String word() {
        return word;
    }
}
