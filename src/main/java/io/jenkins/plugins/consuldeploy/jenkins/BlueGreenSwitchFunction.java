package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsScript;

/** {@code blueGreenSwitch} in a Jenkinsfile: without block and {@code deploy}, the idle color was deployed before. */
@Extension(optional = true)
public final class BlueGreenSwitchFunction extends BlockFunction {

    private static final String NAME = "blueGreenSwitch";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    Call call(CpsScript script) {
        return new SwitchCall(script);
    }

    // Private

    private static final class SwitchCall extends Call {

        private static final long serialVersionUID = 1L;

        SwitchCall(CpsScript script) {
            super(script, NAME, "deploy");
        }

        @Override
        Map<String, Object> withNeither(Map<String, Object> fields) {
            Map<String, Object> all = new LinkedHashMap<>(fields);
            all.put("deployed", true);
            return all;
        }
    }
}
