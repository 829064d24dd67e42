package io.jenkins.plugins.consuldeploy.jenkins;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.consul.KvEntry;
import io.jenkins.plugins.consuldeploy.journal.Journal;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.rolling.RolledFleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.rules.ExternalResource;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Applications behind a real HAProxy that are released through a real Consul, and Jenkinsfiles that do so: each
 * {@code FLEET} in them is the arguments that say where they are, {@code COLORS} those that say the same of two colors,
 * {@code BLUE_AND_GREEN} those without what moves their traffic, and {@code DRAIN} those for short patience.
 */
final class Behind extends ExternalResource {

    private final TemporaryFolder dir = new TemporaryFolder();
    private final int size;
    private RolledFleet fleet;
    private Consul consul;
    private String app;

    Behind(int size) {
        this.size = size;
    }

    @Override
    protected void before() throws Throwable {
        dir.create();
        consul = ConsulProcess.shared().client();
        app = ConsulProcess.uniquePrefix("web").replace('/', '-');
        fleet = RolledFleet.start(dir.getRoot().toPath(), size);
    }

    @Override
    protected void after() {
        fleet.close();
        consul.close();
        dir.delete();
    }

    RolledFleet fleet() {
        return fleet;
    }

    Consul consul() {
        return consul;
    }

    String app() {
        return app;
    }

    String address() {
        return consul.config().address().toString();
    }

    /** Makes its Consul the only server of Jenkins. */
    void configure() {
        ConsulServers.get().setServers(List.of(new ConsulServer("main", address())));
    }

    Path dir() {
        return dir.getRoot().toPath();
    }

    /** Lets go of whatever waits for this file. */
    void let(String file) {
        try {
            Files.writeString(dir().resolve(file), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has an application be of this version from now on. */
    void write(String app, String version) {
        try {
            Files.writeString(fleet.file(app), version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest release on record. */
    ReleaseHead newest() {
        return Journal.releases(consul, new ReleaseKeys(ReleaseKeys.DEFAULT_ROOT), app)
                .get(0);
    }

    /** Ends the session of a holder that is dead, as Consul does when its time is over. */
    void expireLock() {
        consul.kv()
                .get(new ReleaseKeys(ReleaseKeys.DEFAULT_ROOT).lock(app))
                .flatMap(KvEntry::session)
                .ifPresent(consul.sessions()::destroy);
    }

    /** How a shell brings a host to a version. */
    String brings(String version) {
        return "printf %s " + version + " >" + dir() + "/$HOST";
    }

    /** The first application is blue, and live; the second one is green. */
    void color() {
        fleet.drain("app2");
    }

    /** Which applications get requests. */
    String live() {
        return fleet.states().entrySet().stream()
                .filter(state -> state.getValue().startsWith("ready"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" "));
    }

    /** How a shell deploys a version to {@code $COLOR}. */
    String deploys(String version) {
        return "printf %s " + version + " >" + dir() + "/$(test \"$COLOR\" = blue && echo app1 || echo app2)";
    }

    /** How a shell waits for a file. */
    String waitsFor(String file) {
        return "while [ ! -e " + dir().resolve(file) + " ]; do sleep 0.1; done";
    }

    String script(String text) {
        return text.replace(
                        "COLORS", "BLUE_AND_GREEN, traffic: haproxy(address: '" + fleet.balancer() + "', backend: 'b')")
                .replace(
                        "BLUE_AND_GREEN",
                        "app: '" + app + "', blue: hostList('" + fleet.hosts().get(0) + "'), green: hostList('"
                                + fleet.hosts().get(1) + "')")
                .replace("FRONT", fleet.front())
                .replace("DRAIN", "drainTimeout: '10s', healthTimeout: '5s'")
                .replace(
                        "FLEET",
                        "app: '" + app + "', hosts: hostList(["
                                + fleet.hosts().stream()
                                        .map(host -> "'" + host + "'")
                                        .collect(Collectors.joining(", "))
                                + "]), loadBalancers: [haproxy(address: '" + fleet.balancer()
                                + "', backend: 'b')]");
    }

    /** A build of the application's job, which is made at first. */
    WorkflowRun start(JenkinsRule r, String script) throws Exception {
        WorkflowJob known = r.jenkins.getItemByFullName("release-" + app, WorkflowJob.class);
        WorkflowJob job = known == null ? r.createProject(WorkflowJob.class, "release-" + app) : known;
        job.setDefinition(new CpsFlowDefinition(script(script), true));
        return job.scheduleBuild2(0).waitForStart();
    }

    /** The build that was started, in this run of Jenkins. */
    WorkflowRun build(JenkinsRule r) {
        return r.jenkins.getItemByFullName("release-" + app, WorkflowJob.class).getBuildByNumber(1);
    }
}
