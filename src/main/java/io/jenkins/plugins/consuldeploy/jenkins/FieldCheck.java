package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Checks one field of a form by the same parsing that a build does, for those who may change it. */
@Restricted(NoExternalUse.class)
public final class FieldCheck {

    private FieldCheck() {}

    /** Whether the present user may configure the item whose form this is, or Jenkins where there is no item. */
    public static boolean mayConfigure(Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
    }

    /** Checks a field of Jenkins' own configuration. */
    public static FormValidation byAdministrator(String value, Consumer<String> parsing) {
        return check(null, Util.fixNull(value).strip(), parsing);
    }

    /** Checks a field of a job. What names an environment variable is known only when it is built. */
    public static FormValidation inItem(Item item, String value, Consumer<String> parsing) {
        String text = Util.fixNull(value).strip();
        return text.contains("$") ? FormValidation.ok() : check(item, text, parsing);
    }

    /** Checks a field whose value is taken as it is written, in a job's form or in Jenkins' own. */
    public static FormValidation asWritten(Item item, String value, Consumer<String> parsing) {
        return check(item, Util.fixNull(value).strip(), parsing);
    }

    private static FormValidation check(Item item, String text, Consumer<String> parsing) {
        if (!mayConfigure(item)) {
            return FormValidation.ok();
        }
        try {
            parsing.accept(text);
            return FormValidation.ok();
        } catch (IllegalArgumentException e) {
            return FormValidation.error(e.getMessage());
        }
    }
}
