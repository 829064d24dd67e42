package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.util.FormValidation;
import io.jenkins.plugins.consuldeploy.consul.Cluster;
import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.phase.AccessCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What "Test connection" shows of a server: its leader, its version, and what its token may not do. */
final class ConnectionTest {

    private ConnectionTest() {}

    static FormValidation of(ConsulServer server) {
        try {
            ConsulConfig config = ServerAccess.config(server, CredentialSource.ofJenkins(), Optional.empty());
            // Somebody sits in front of it: what does not answer soon is shown as such.
            try (Consul consul = new Consul(config.withTimeouts(
                    config.connectTimeout(), config.readTimeout(), ConsulConfig.FIRST_ANSWER_LIMIT))) {
                return FormValidation.aggregate(findings(consul, server.getKeyRoot()));
            }
        } catch (IllegalArgumentException | ConsulException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static List<FormValidation> findings(Consul consul, String keyRoot) {
        List<FormValidation> findings = new ArrayList<>();
        findings.add(consul.cluster()
                .leader()
                .map(leader -> FormValidation.ok("Consul answers, and its leader is " + leader))
                .orElseGet(
                        () -> FormValidation.error("Consul answers, but has no leader: nothing can be deployed now")));
        findings.add(self(consul));
        for (AccessCheck.Finding finding : AccessCheck.run(consul, keyRoot)) {
            findings.add(
                    finding.allowed()
                            ? FormValidation.ok("The token " + finding.text())
                            : FormValidation.error("The token " + finding.text()));
        }
        return findings;
    }

    /** No deployment needs it, so a token that may not ask it is none the worse. */
    private static FormValidation self(Consul consul) {
        try {
            Cluster.Self self = consul.cluster().self();
            return FormValidation.ok(
                    "Version " + self.version() + ", datacenter " + self.datacenter() + ", node " + self.node());
        } catch (ConsulException.Forbidden e) {
            return FormValidation.ok("Its version is not shown to this token, and need not be");
        }
    }
}
