package io.jenkins.plugins.consuldeploy.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.AwsGateway;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.fleet.MotoServer;
import io.jenkins.plugins.consuldeploy.journal.ReleaseHead.State;
import io.jenkins.plugins.consuldeploy.journal.ReleaseKeys;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.spec.AwsWords;
import io.jenkins.plugins.consuldeploy.spec.RollingWords;
import io.jenkins.plugins.consuldeploy.spec.Surroundings;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** A release from its words to its end on a real AWS protocol server, with a classic load balancer and a target group. */
public class RollingReleaseOnAwsTest {

    private static final List<String> ALL_STILL =
            List.of("AZRebalance", "AlarmNotification", "HealthCheck", "ReplaceUnhealthy", "ScheduledActions");

    private final String app = ConsulProcess.uniquePrefix("aws");
    private final ReleaseKeys keys = new ReleaseKeys("test-releases-aws");
    private final List<String> updated = new ArrayList<>();
    private final Map<String, String> ids = new TreeMap<>();
    private MotoServer moto;
    private Aws aws;
    private AwsFleet fleet;
    private Consul consul;
    private Surroundings surroundings;
    private String targetGroup;
    private Map<String, Object> before;

    /** web1 to web4 with the tags, all in the load balancer, all but web4 in the target group too. */
    @Before
    public void start() {
        moto = MotoServer.fresh();
        aws = moto.aws();
        consul = ConsulProcess.shared().client();
        fleet = new AwsFleet(aws, moto.region());
        for (String name : List.of("web1", "web2", "web3", "web4")) {
            String zone = name.equals("web1") || name.equals("web2") ? "a" : "b";
            ids.put(name, fleet.instance(zone, Map.of("Name", name, "stack", "web", "deployment", "prod")));
        }
        fleet.instance("a", Map.of("Name", "other", "stack", "web", "deployment", "test"));
        fleet.classicElb("web-elb", List.copyOf(ids.values()));
        targetGroup = fleet.targetGroup(
                "web", TargetTypeEnum.INSTANCE, 8080, List.of(ids.get("web1"), ids.get("web2"), ids.get("web3")));
        fleet.autoScalingGroup("web-asg", 0);
        aws.autoScaling().suspendProcesses(request -> request.autoScalingGroupName("web-asg")
                .scalingProcesses("AZRebalance"));
        fleet.alarm("web-cpu", true);
        fleet.alarm("web-disk", false);
        fleet.alarm("db-cpu", true);
        before = state();
        surroundings = new Surroundings(
                consul,
                "test-releases-aws",
                new Caller("test", "build 1"),
                words -> AwsWords.over(moto.config(), words),
                (host, line) -> {});
    }

    @After
    public void close() {
        if (aws != null) {
            surroundings.close();
            aws.close();
            consul.close();
        }
    }

    @Test
    public void everyHostIsUpdatedOutOfBothAndAllIsAsItWas() throws Exception {
        Outcome outcome = run(start(spec("2")), update(host -> Optional.empty()));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(updated).containsExactlyInAnyOrder("web1", "web2", "web3", "web4");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void batchesAlternateTheZones() throws Exception {
        try (RollingRelease release = start(spec("2"))) {
            assertThat(release.toUpdate().subList(0, 2))
                    .extracting(host -> host.zone().orElseThrow())
                    .containsExactlyInAnyOrder(moto.region() + "a", moto.region() + "b");
            release.abort("enough seen");
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void aHostWhoseUpdateFailsStaysOutAndTheRestIsAsItWas() throws Exception {
        Outcome outcome = run(
                start(spec("1")),
                update(host -> host.name().equals("web3") ? Optional.of("exit status 1") : Optional.empty()));

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failed()).containsOnlyKeys("web3");
        assertThat(outcome.out()).containsExactly("web3");
        Map<String, Object> expected = new TreeMap<>(before);
        Set<String> inElb = new TreeSet<>(ids.values());
        inElb.remove(ids.get("web3"));
        expected.put("elb", inElb);
        expected.put("targets", Set.of(ids.get("web1") + ":8080", ids.get("web2") + ":8080"));
        assertThat(state()).isEqualTo(expected);
    }

    @Test
    public void theNextReleasePutsInOrderWhatAKilledOneLeft() throws Exception {
        killedWhileUpdating();
        assertThat(fleet.suspendedProcesses("web-asg")).isEqualTo(ALL_STILL);
        assertThat(state()).isNotEqualTo(before);

        Outcome outcome = run(start(spec("1")), update(host -> Optional.empty()));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(updated).containsExactlyInAnyOrder("web1", "web2", "web3", "web4");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void aKilledReleaseIsResumedByAnotherProcess() throws Exception {
        String id = killedWhileUpdating();

        Outcome outcome = run(
                releases().resume(id, Optional.empty(), Duration.ZERO, new RollingListener() {}),
                update(host -> Optional.empty()));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(updated).contains("web1", "web2", "web3", "web4");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void throttlingIsRiddenOutAllTheWay() throws Exception {
        for (String action : List.of("DescribeInstanceHealth", "RegisterTargets", "ResumeProcesses")) {
            moto.gateway().answerOnce(action, AwsGateway.Answer.error(400, "Throttling", "Rate exceeded"));
        }

        Outcome outcome = run(start(spec("50%")), update(host -> Optional.empty()));

        assertThat(outcome.state()).isEqualTo(State.SUCCEEDED);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void aDrainTimeoutBelowTheDeregistrationDelayIsRefused() {
        assertThatThrownBy(() -> start(spec("1", "30s")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("drainTimeout")
                .hasMessageContaining("targetGroup:" + targetGroup);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    public void aPlanTouchesNothing() throws Exception {
        List<String> plan = releases().plan(spec("1"), update(host -> Optional.empty()));

        assertThat(String.join("\n", plan)).contains("web1", "classicElb:web-elb", "web-asg", "web-cpu");
        assertThat(plan).noneMatch(line -> line.contains("db-cpu"));
        assertThat(state()).isEqualTo(before);
    }

    // Private

    private interface Result {
        Optional<String> of(Host host);
    }

    private Update update(Result result) {
        return new Update() {
            @Override
            public Optional<String> run(Turn turn, Duration timeout) {
                Host host = turn.host();
                synchronized (updated) {
                    updated.add(host.name());
                }
                assertThat(inElb()).doesNotContain(host.id());
                assertThat(targets()).doesNotContain(host.id() + ":8080");
                assertThat(fleet.suspendedProcesses("web-asg")).isEqualTo(ALL_STILL);
                assertThat(fleet.alarms())
                        .containsAllEntriesOf(Map.of("web-cpu", false, "web-disk", false, "db-cpu", true));
                return result.of(host);
            }

            @Override
            public String describe() {
                return "run the test's update";
            }
        };
    }

    /** Killed when the first host is out and its update begins. */
    private String killedWhileUpdating() throws Exception {
        RollingRelease release = start(spec("1"));
        assertThatThrownBy(() -> UpdateDriver.run(
                        release,
                        update(host -> {
                            throw new FakeFleet.Killed();
                        }),
                        Duration.ofSeconds(30)))
                .isInstanceOf(Error.class);
        consul.sessions().destroy(release.session());
        updated.clear();
        return release.id();
    }

    private Outcome run(RollingRelease release, Update update) throws InterruptedException {
        try (release) {
            return UpdateDriver.run(release, update, Duration.ofSeconds(30));
        }
    }

    private RollingRelease start(RollingSpec spec) throws Exception {
        return releases().start(spec, Releases.IfDead.REPAIR, new RollingListener() {});
    }

    private Releases releases() {
        return new Releases(consul, keys, new Caller("test", "build 1"), new RollingWords(surroundings), Duration.ZERO);
    }

    private RollingSpec spec(String batch) {
        return spec(batch, "10m");
    }

    private RollingSpec spec(String batch, String drainTimeout) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("app", app);
        words.put("aws", Map.of("region", moto.region()));
        words.put("hosts", Map.of("ec2", Map.of("tags", Map.of("stack", "web", "deployment", "prod"))));
        words.put("loadBalancers", List.of(Map.of("classicElb", "web-elb"), Map.of("targetGroup", targetGroup)));
        words.put("suspend", List.of(Map.of("autoScaling", "web-asg"), Map.of("alarms", "web-*")));
        words.put("batch", batch);
        words.put("drainTimeout", drainTimeout);
        return new RollingWords(surroundings)
                .read(words, Map.of(), Words.Places.UNKNOWN)
                .spec();
    }

    private Map<String, Object> state() {
        return Map.of(
                "elb", inElb(),
                "targets", targets(),
                "processes", fleet.suspendedProcesses("web-asg"),
                "alarms", fleet.alarms());
    }

    private Set<String> inElb() {
        return aws
                .classicElb()
                .describeLoadBalancers(request -> request.loadBalancerNames("web-elb"))
                .loadBalancerDescriptions()
                .stream()
                .flatMap(description -> description.instances().stream())
                .map(instance -> instance.instanceId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> targets() {
        return aws
                .elbV2()
                .describeTargetHealth(request -> request.targetGroupArn(targetGroup))
                .targetHealthDescriptions()
                .stream()
                .map(described ->
                        described.target().id() + ":" + described.target().port())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
