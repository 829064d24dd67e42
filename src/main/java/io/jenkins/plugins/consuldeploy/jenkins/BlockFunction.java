package io.jenkins.plugins.consuldeploy.jenkins;

import groovy.lang.Closure;
import hudson.AbortException;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsScript;
import org.jenkinsci.plugins.workflow.cps.DSL;
import org.jenkinsci.plugins.workflow.cps.GlobalVariable;

/**
 * What the name of a step means in a Jenkinsfile that may be called with a block or without one. A step either always has
 * a block or never; here one without is given a block that is not run.
 */
public abstract class BlockFunction extends GlobalVariable {

    @Override
    public final Object getValue(CpsScript script) {
        return call(script);
    }

    // Private

    abstract Call call(CpsScript script);

    /** The function, ready to be called. */
    public abstract static class Call implements Serializable {

        private static final long serialVersionUID = 1L;

        private final CpsScript script;
        private final String step;
        private final String instead;

        /** @param instead the field that says what is done, where no block does it */
        Call(CpsScript script, String step, String instead) {
            this.script = script;
            this.step = step;
            this.instead = instead;
        }

        /** Without a block. */
        public Object call(Map<String, Object> fields) throws AbortException {
            return step(fields.get(instead) == null ? withNeither(fields) : fields, new NoBlock());
        }

        /** With a block. */
        public Object call(Map<String, Object> fields, Closure<?> block) throws AbortException {
            if (fields.get(instead) != null) {
                throw refusal(instead, "there is a block too, which does that; leave one of them out");
            }
            return step(fields, block);
        }

        // Private

        /**
         * What the step gets where there is neither a block nor that field.
         *
         * @throws AbortException when one of them has to be there
         */
        abstract Map<String, Object> withNeither(Map<String, Object> fields) throws AbortException;

        private Object step(Map<String, Object> fields, Closure<?> block) {
            DSL steps = (DSL) script.getBinding().getVariable("steps");
            return steps.invokeMethod(step, new Object[] {new LinkedHashMap<>(fields), block});
        }

        static AbortException refusal(String field, String why) {
            return new AbortException(new BadInputException(field, why).getMessage());
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
