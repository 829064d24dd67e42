package io.jenkins.plugins.consuldeploy.balancer;

import io.jenkins.plugins.consuldeploy.balancer.LoadBalancer.Status;

/**
 * One server of a backend as HAProxy has it now.
 *
 * @param operational {@code srv_op_state} of "show servers state"
 * @param admin       {@code srv_admin_state} of it, a set of flags
 * @param weight      as it is now; HAProxy keeps it while the server drains
 * @param sessions    that are on it now
 * @param queued      requests that wait for it alone
 * @param backup      whether it gets traffic only where all others are down
 */
public record HaproxyServer(
        String backend,
        String name,
        String address,
        String fqdn,
        int port,
        int operational,
        int admin,
        int weight,
        int initialWeight,
        long sessions,
        long queued,
        boolean backup) {

    private static final int STARTING = 1;
    private static final int RUNNING = 2;
    private static final int FORCED_MAINT = 0x01;
    private static final int FORCED_DRAIN = 0x08;
    /** Forced, inherited from a tracked server, for want of an address, for want of a name. */
    private static final int MAINT = 0x01 | 0x02 | 0x20 | 0x40;
    /** Forced, inherited from a tracked server. */
    private static final int DRAIN = 0x08 | 0x10;

    /** What an operator has set a server to, as "set server" takes it; each keeps more traffic away than the one before. */
    public enum State {
        READY,
        DRAIN,
        MAINT;

        /** As "set server" takes it. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** As "set server" takes it: {@code backend/name}. */
    public String path() {
        return backend + "/" + name;
    }

    /** What an operator has set it to. */
    public State state() {
        return (admin & FORCED_MAINT) != 0 ? State.MAINT : (admin & FORCED_DRAIN) != 0 ? State.DRAIN : State.READY;
    }

    /** Whether its checks pass, or it has none, and its slow start is over. */
    public boolean isUp() {
        return operational == RUNNING;
    }

    /** Whether its checks pass since a short time ago, and its share of the traffic grows still. */
    public boolean isSlowlyStarting() {
        return operational == STARTING;
    }

    /** Whether it is to get no traffic, up or not: an operator's word, or no weight. */
    public boolean isKeptOut() {
        return (admin & (MAINT | DRAIN)) != 0 || weight == 0;
    }

    /** What it says of a host that has this server. */
    public Status status() {
        if (isKeptOut()) {
            return sessions + queued == 0 ? Status.OUT : Status.DRAINING;
        }
        return operational == RUNNING || operational == STARTING ? Status.IN_SERVICE : Status.NOT_READY;
    }
}
