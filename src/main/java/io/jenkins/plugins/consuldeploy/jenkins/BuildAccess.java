package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/** By what ways a build gets at a Consul, and in whose name. */
record BuildAccess(Run<?, ?> run, TaskListener log) {

    private static final Logger LOG = Logger.getLogger(BuildAccess.class.getName());

    /**
     * A client, which the caller closes.
     *
     * @param ownToken the ID of the token that the build brings along, instead of the server's
     * @throws AbortException when a field of the server can't be used, or names credentials that can't be
     */
    Consul connect(ConsulServer server, Optional<String> ownToken) throws AbortException {
        try {
            ConsulConfig config = ServerAccess.config(server, CredentialSource.of(run), ownToken);
            log.getLogger().println("Consul " + server.getName() + " at " + config.address());
            return new Consul(config);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.FINE, run.toString(), e);
            throw new AbortException("Consul server " + server.getName() + ": " + e.getMessage());
        }
    }

    /** Who asks, for whoever is refused by what this build holds. */
    Caller caller() {
        Cause.UserIdCause user = run.getCause(Cause.UserIdCause.class);
        String job = "job " + run.getParent().getFullName();
        String root = Jenkins.get().getRootUrl();
        return new Caller(
                user == null || user.getUserId() == null ? job : user.getUserId() + " with " + job,
                root == null ? run.getExternalizableId() : root + run.getUrl());
    }
}
