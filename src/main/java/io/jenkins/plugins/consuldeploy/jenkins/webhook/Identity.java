package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.model.User;
import hudson.security.ACL;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** In whose name a webhook starts a build: a user's, never Jenkins' own. */
final class Identity {

    static final String WHO_MAY_BE_CHOSEN =
            "a job's webhook runs as whoever configures it; only an administrator" + " chooses another user";

    private Identity() {}

    /** The user of an ID; empty when there is none, or none who may log in now. */
    static Optional<Authentication> of(String id) {
        if (!isUser(id)) {
            return Optional.empty();
        }
        try {
            return Optional.of(user(id).impersonate2());
        } catch (UsernameNotFoundException | AccountStatusException e) {
            return Optional.empty();
        }
    }

    /** Whether the present user may have builds run as that one; an empty ID is nobody, which anybody may choose. */
    static boolean mayBeChosen(String id) {
        return id == null
                || id.isEmpty()
                || isUser(id)
                        && (Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                                || User.idStrategy()
                                        .equals(id, Jenkins.getAuthentication2().getName()));
    }

    /** The present user; empty when it is none, but Jenkins itself or a stranger. */
    static Optional<String> present() {
        return Optional.of(Jenkins.getAuthentication2().getName()).filter(Identity::isUser);
    }

    /** Who has never logged in is known to the security realm alone. */
    private static User user(String id) {
        User known = User.getById(id, false);
        if (known != null) {
            return known;
        }
        Jenkins.get().getSecurityRealm().loadUserByUsername2(id);
        return User.getById(id, true);
    }

    private static boolean isUser(String id) {
        return id != null
                && !id.isEmpty()
                && !id.equalsIgnoreCase(ACL.SYSTEM_USERNAME)
                && !id.equalsIgnoreCase(ACL.ANONYMOUS_USERNAME);
    }
}
