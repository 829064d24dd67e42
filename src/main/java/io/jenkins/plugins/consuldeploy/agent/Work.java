package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;

/**
 * The three things that are done to a version on this host, each with its script and with what is written down before
 * and after it. Whatever goes wrong is in the result, not thrown.
 */
final class Work {

    private static final Logger LOG = Logger.getLogger(Work.class.getName());

    private final AgentConfig agent;
    private final DeploymentConfig deployment;
    private final Store store;
    private final Remains remains;

    Work(AgentConfig agent, DeploymentConfig deployment, Store store, Remains remains) {
        this.agent = agent;
        this.deployment = deployment;
        this.store = store;
        this.remains = remains;
    }

    /** Makes a version's directory anew and fills it. {@code isPutOff} is asked now and then, and ends it. */
    ScriptResult prepare(Version version, BooleanSupplier isPutOff) {
        return done("prepare", version, () -> {
            store.beginPreparing(version);
            ScriptResult result = run("deploy", deployment.deploy(), version, isPutOff);
            if (result.isDone()) {
                store.prepared(version);
            }
            return result;
        });
    }

    /** Makes a prepared version the one that runs. */
    ScriptResult activate(Version version) {
        return done("activate", version, () -> {
            store.beginActivating(version);
            ScriptResult result = run("rollout", deployment.rollout(), version, () -> false);
            if (result.isDone() && !deployment.check().isEmpty()) {
                result = result.followedBy(run("check", deployment.check(), version, () -> false));
            }
            if (result.isDone()) {
                store.activated(version);
            }
            return result;
        });
    }

    /** Removes a version, whatever its clean script says to that. */
    ScriptResult clean(Version version) {
        return done("clean", version, () -> {
            store.beginRemoving(version);
            ScriptResult result = ScriptResult.NOTHING_TO_DO;
            if (Files.isDirectory(store.directory(version))) {
                result = run("clean", deployment.clean(), version, () -> false);
                if (result.ending() == ScriptResult.Ending.FAILED) {
                    LOG.warning(name(version) + ": its clean script failed; its directory is removed all the same");
                }
            }
            if (result.ending() == ScriptResult.Ending.STOPPED) {
                return result;
            }
            store.removed(version);
            return ScriptResult.NOTHING_TO_DO;
        });
    }

    // Private

    private interface Task {
        ScriptResult perform() throws IOException;
    }

    private ScriptResult done(String what, Version version, Task task) {
        try {
            return task.perform();
        } catch (IOException e) {
            String line = "could not " + what + " " + version + " in " + deployment.path() + ": " + e;
            LOG.warning(line);
            return ScriptResult.failed(line);
        }
    }

    private ScriptResult run(String what, List<String> commands, Version version, BooleanSupplier isPutOff)
            throws IOException {
        if (commands.isEmpty()) {
            return ScriptResult.NOTHING_TO_DO;
        }
        String mark = remains.rememberScript();
        Map<String, String> environment = environment(version);
        environment.put(Remains.MARK, mark);
        Script script = new Script(
                what,
                deployment.shell(),
                commands,
                store.directory(version),
                store.own().resolve("script-" + what),
                environment,
                deployment.timeout(),
                agent.grace());
        String prefix = name(version) + ": " + what + ": ";
        ScriptResult result = ScriptRun.run(script, new ScriptRun.Listener() {
            @Override
            public void started(ProcessHandle process) {
                try {
                    remains.rememberProcess(mark, process);
                } catch (IOException e) {
                    LOG.warning(prefix + "it will not be known for what it is if this agent is killed: " + e);
                }
            }

            @Override
            public void said(String line) {
                LOG.info(prefix + line);
            }

            @Override
            public boolean isPutOff() {
                return isPutOff.getAsBoolean();
            }
        });
        remains.forgetScript();
        return result;
    }

    private Map<String, String> environment(Version version) {
        Map<String, String> variables = new HashMap<>(deployment.env());
        variables.put("VERSION", version.name());
        variables.put("PREVIOUS_VERSION", store.lastActive().map(Version::name).orElse(""));
        variables.put("DEPLOYMENT_PATH", deployment.path());
        variables.put("DEPLOYMENT_ID", deployment.id());
        variables.put("DEPLOYMENT_PREFIX", deployment.tree().prefix());
        variables.put("AGENT_NAME", agent.name());
        return variables;
    }

    private String name(Version version) {
        return deployment.id() + ": " + version;
    }
}
