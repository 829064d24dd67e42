package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.AbortException;
import hudson.Extension;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsScript;

/** {@code rollingRelease} in a Jenkinsfile: without a block, {@code update} has to say what updates a host. */
@Extension(optional = true)
public final class RollingReleaseFunction extends BlockFunction {

    private static final String NAME = "rollingRelease";
    private static final String UPDATE = "update";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    Call call(CpsScript script) {
        return new RollingCall(script);
    }

    // Private

    private static final class RollingCall extends Call {

        private static final long serialVersionUID = 1L;

        RollingCall(CpsScript script) {
            super(script, NAME, UPDATE);
        }

        @Override
        Map<String, Object> withNeither(Map<String, Object> fields) throws AbortException {
            throw refusal(
                    UPDATE, "it is missing; what updates a host? Give it, or a block: rollingRelease(...) { ... }");
        }
    }
}
