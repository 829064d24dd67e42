package io.jenkins.plugins.consuldeploy.jenkins;

import groovy.lang.Closure;
import hudson.AbortException;
import hudson.Extension;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.Serializable;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsScript;
import org.jenkinsci.plugins.workflow.cps.DSL;
import org.jenkinsci.plugins.workflow.cps.GlobalVariable;

/**
 * What {@code rollingRelease} means in a Jenkinsfile: the step of that name, with a block or without one. A step either
 * always has a block or never; here one without is given a block that is not run, for {@code update} says what updates a
 * host.
 */
@Extension(optional = true)
public final class RollingReleaseFunction extends GlobalVariable {

    private static final String NAME = "rollingRelease";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object getValue(CpsScript script) {
        return new Call(script);
    }

    /** The function, ready to be called. */
    public static final class Call implements Serializable {

        private static final long serialVersionUID = 1L;
        private static final String UPDATE = "update";

        private final CpsScript script;

        Call(CpsScript script) {
            this.script = script;
        }

        /** Without a block. */
        public Object call(Map<String, Object> fields) throws AbortException {
            if (fields.get(UPDATE) == null) {
                throw refusal("it is missing; what updates a host? Give it, or a block: rollingRelease(...) { ... }");
            }
            return step(fields, new NoBlock());
        }

        /** With a block. */
        public Object call(Map<String, Object> fields, Closure<?> block) throws AbortException {
            if (fields.get(UPDATE) != null) {
                throw refusal("there is a block too, which updates a host; leave one of them out");
            }
            return step(fields, block);
        }

        private Object step(Map<String, Object> fields, Closure<?> block) {
            DSL steps = (DSL) script.getBinding().getVariable("steps");
            return steps.invokeMethod(NAME, new Object[] {fields, block});
        }

        private static AbortException refusal(String why) {
            return new AbortException(new BadInputException(UPDATE, why).getMessage());
        }
    }

    /** In the place of a block that nobody gave. */
    private static final class NoBlock extends Closure<Void> {

        private static final long serialVersionUID = 1L;

        NoBlock() {
            super(NoBlock.class);
        }

        @Override
        public Void call(Object... none) {
            return null;
        }
    }
}
