package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.Run;
import hudson.security.ACL;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;

/** Where credentials are looked up. */
final class CredentialSource {

    private final Optional<Run<?, ?>> run;

    private CredentialSource(Optional<Run<?, ?>> run) {
        this.run = run;
    }

    /** What a build may use: its folders' credentials come before Jenkins' own. */
    static CredentialSource of(Run<?, ?> run) {
        return new CredentialSource(Optional.of(run));
    }

    /** Jenkins' own credentials, those of system scope among them. */
    static CredentialSource ofJenkins() {
        return new CredentialSource(Optional.empty());
    }

    /** The credentials that a build's own fields name: only what the build itself may use. */
    <C extends StandardCredentials> Optional<C> chosenByBuild(
            String id, Class<C> type, List<DomainRequirement> requirements) {
        return run.flatMap(build -> ofBuild(build, id, type, requirements));
    }

    /**
     * The credentials that an administrator chose for a server. A build uses its folder's of the same ID, if there are
     * any; else those that the administrator meant, which may be of system scope.
     */
    <C extends StandardCredentials> Optional<C> chosenByAdministrator(
            String id, Class<C> type, List<DomainRequirement> requirements) {
        return chosenByBuild(id, type, requirements)
                .or(() -> Optional.ofNullable(CredentialsProvider.findCredentialByIdInItemGroup(
                        id, type, Jenkins.get(), ACL.SYSTEM2, requirements)));
    }

    private static <C extends StandardCredentials> Optional<C> ofBuild(
            Run<?, ?> build, String id, Class<C> type, List<DomainRequirement> requirements) {
        C found = CredentialsProvider.findCredentialById(id, type, build, requirements);
        return Optional.ofNullable(CredentialsProvider.track(build, found));
    }
}
