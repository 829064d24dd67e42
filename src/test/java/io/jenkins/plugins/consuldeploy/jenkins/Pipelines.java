package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.model.Result;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Builds Jenkinsfiles in the sandbox; each {@code PREFIX} in them is the fleet's prefix. */
final class Pipelines {

    private final JenkinsRule r;
    private final Fleet fleet;

    Pipelines(JenkinsRule r, Fleet fleet) {
        this.r = r;
        this.fleet = fleet;
    }

    CpsFlowDefinition script(String text) throws Exception {
        return new CpsFlowDefinition(text.replace("PREFIX", "'" + fleet.prefix() + "'"), true);
    }

    WorkflowRun start(String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class);
        job.setDefinition(script(script));
        return job.scheduleBuild2(0).waitForStart();
    }

    WorkflowRun succeeds(String script) throws Exception {
        return r.assertBuildStatusSuccess(r.waitForCompletion(start(script)));
    }

    WorkflowRun fails(String script) throws Exception {
        return ends(Result.FAILURE, script);
    }

    WorkflowRun ends(Result result, String script) throws Exception {
        return r.assertBuildStatus(result, r.waitForCompletion(start(script)));
    }

    /** The message with which it fails. */
    String error(String script) throws Exception {
        return JenkinsRule.getLog(fails(script))
                .lines()
                .filter(line -> line.startsWith("ERROR: "))
                .findFirst()
                .orElse("");
    }
}
