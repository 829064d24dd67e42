package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.SimpleParameterDefinition;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import io.jenkins.plugins.consuldeploy.registry.Push;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
import org.springframework.security.core.Authentication;

/** Puts a build of a job into the queue in the name of a user, who has to be allowed to. */
final class BuildStart {

    private static final int QUIET_PERIOD_OF_THE_JOB = -1;

    private final String jobName;
    private final String userId;

    BuildStart(String jobName, String userId) {
        this.jobName = jobName;
        this.userId = userId;
    }

    Outcome start(WebhookCause cause, Push push) {
        Optional<Authentication> user = Identity.of(userId);
        if (user.isEmpty()) {
            return refused(
                    userId == null || userId.isEmpty()
                            ? "the rule has no user to run as; whoever configures it saves it again"
                            : "there is no user '" + userId + "' who could log in");
        }
        try (ACLContext as = ACL.as2(user.get())) {
            Job<?, ?> job = Jenkins.get().getItemByFullName(jobName, Job.class);
            if (job == null) {
                return refused("there is no job '" + jobName + "' that " + userId + " may see");
            }
            if (!job.hasPermission(Item.BUILD)) {
                return refused(userId + " lacks Job/Build on " + jobName);
            }
            return schedule(job, cause, push);
        } catch (AccessDeniedException3 e) {
            return refused("there is no job '" + jobName + "' that " + userId + " may see");
        }
    }

    // Private

    private Outcome schedule(Job<?, ?> job, WebhookCause cause, Push push) {
        if (!(job instanceof ParameterizedJobMixIn.ParameterizedJob)) {
            return refused(jobName + " is of a kind that can't be started so");
        }
        List<hudson.model.Action> actions = new ArrayList<>();
        actions.add(new CauseAction(cause));
        List<ParameterValue> values = new ArrayList<>();
        ParametersDefinitionProperty defined = job.getProperty(ParametersDefinitionProperty.class);
        if (defined != null) {
            try {
                defined.getParameterDefinitions()
                        .forEach(parameter -> value(parameter, push).ifPresent(values::add));
            } catch (IllegalArgumentException e) {
                return refused("a parameter of " + jobName + " does not take what was pushed: " + e.getMessage());
            }
            actions.add(new ParametersAction(values));
        }
        if (ParameterizedJobMixIn.scheduleBuild2(
                        job, QUIET_PERIOD_OF_THE_JOB, actions.toArray(hudson.model.Action[]::new))
                == null) {
            return refused(jobName + " is disabled, or takes no builds now");
        }
        return new Outcome(Outcome.Kind.STARTED, jobName + " as " + userId);
    }

    /** What was pushed for a parameter of that name and a kind that takes text; else its default. */
    private static Optional<ParameterValue> value(ParameterDefinition parameter, Push push) {
        String text = values(push).get(parameter.getName());
        return text != null && parameter instanceof SimpleParameterDefinition simple
                ? Optional.of(simple.createValue(text))
                : Optional.ofNullable(parameter.getDefaultParameterValue());
    }

    private static Map<String, String> values(Push push) {
        Map<String, String> values = new TreeMap<>(Map.of("IMAGE", push.image(), "TAG", push.tag()));
        push.digest().ifPresent(digest -> values.put("DIGEST", digest));
        return values;
    }

    private static Outcome refused(String why) {
        return new Outcome(Outcome.Kind.REFUSED, why);
    }
}
