package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class SuspensionsOnAwsTest {

    private MotoServer moto;
    private Aws aws;
    private AwsFleet fleet;

    @Before
    public void start() {
        moto = MotoServer.fresh();
        aws = moto.aws();
        fleet = new AwsFleet(aws, moto.region());
    }

    @After
    public void close() {
        if (aws != null) {
            aws.close();
        }
    }

    @Test
    public void whatWasSuspendedBeforeStaysSuspended() throws Exception {
        fleet.autoScalingGroup("web-asg", 1);
        aws.autoScaling().suspendProcesses(request -> request.autoScalingGroupName("web-asg")
                .scalingProcesses("AZRebalance", "Launch"));
        Suspension processes = new AutoScalingProcesses(aws, "web-asg", AutoScalingProcesses.DEFAULT);

        List<String> items = processes.toSuspend();
        assertThat(items).containsExactly("AlarmNotification", "ReplaceUnhealthy", "ScheduledActions", "HealthCheck");
        assertThat(fleet.suspendedProcesses("web-asg")).containsExactly("AZRebalance", "Launch");

        processes.suspend(items);
        processes.suspend(items);
        assertThat(fleet.suspendedProcesses("web-asg"))
                .containsExactly(
                        "AZRebalance",
                        "AlarmNotification",
                        "HealthCheck",
                        "Launch",
                        "ReplaceUnhealthy",
                        "ScheduledActions");
        assertThat(processes.toSuspend()).isEmpty();

        // Another process, which has the record alone.
        Suspension later = new AutoScalingProcesses(aws, "web-asg", AutoScalingProcesses.DEFAULT);
        assertThat(later.name()).isEqualTo(processes.name()).isEqualTo("autoScaling:web-asg");
        later.resume(items);
        later.resume(items);
        assertThat(fleet.suspendedProcesses("web-asg")).containsExactly("AZRebalance", "Launch");
    }

    /** AWS takes an empty list for all processes. */
    @Test
    public void nothingToSuspendOrResumeIsNotEverything() throws Exception {
        fleet.autoScalingGroup("web-asg", 1);
        Suspension processes = new AutoScalingProcesses(aws, "web-asg", List.of("Launch"));

        processes.suspend(List.of());
        assertThat(fleet.suspendedProcesses("web-asg")).isEmpty();

        processes.suspend(List.of("Launch"));
        processes.resume(List.of());
        assertThat(fleet.suspendedProcesses("web-asg")).containsExactly("Launch");
    }

    @Test
    public void aProcessThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> new AutoScalingProcesses(aws, "web-asg", List.of("AzRebalance")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[AzRebalance]")
                .hasMessageContaining("AZRebalance");
        assertThatThrownBy(() -> new AutoScalingProcesses(aws, "web-asg", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void aMissingGroupIsAnErrorBeforeAndNothingAfterwards() throws Exception {
        Suspension processes = new AutoScalingProcesses(aws, "gone", AutoScalingProcesses.DEFAULT);

        assertThatThrownBy(processes::toSuspend)
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("there is no auto scaling group gone");
        processes.resume(List.of("Launch"));

        assertThat(moto.gateway().calls("ResumeProcesses")).isEmpty();
    }

    @Test
    public void anotherChangeUnderWayIsWaitedOut() throws Exception {
        fleet.autoScalingGroup("web-asg", 1);
        moto.gateway()
                .answerOnce(
                        "SuspendProcesses",
                        AwsGateway.Answer.error(
                                400, "ResourceContention", "You already have a pending update to this resource"));

        new AutoScalingProcesses(aws, "web-asg", List.of("Launch")).suspend(List.of("Launch"));

        assertThat(fleet.suspendedProcesses("web-asg")).containsExactly("Launch");
        assertThat(moto.gateway().calls("SuspendProcesses")).hasSize(2);
    }

    @Test
    public void onlyAlarmsWhoseActionsWereEnabledAreKeptStill() throws Exception {
        fleet.alarm("web-cpu", true);
        fleet.alarm("web-memory", false);
        fleet.alarm("db-cpu", true);
        fleet.alarm("queue", true);
        Map<String, Boolean> before = new TreeMap<>(fleet.alarms());
        Suspension alarms = new AlarmActions(aws, List.of("web-*", "queue"));

        List<String> items = alarms.toSuspend();
        assertThat(items).containsExactly("queue", "web-cpu");
        assertThat(fleet.alarms()).containsExactlyInAnyOrderEntriesOf(before);

        alarms.suspend(items);
        alarms.suspend(items);
        assertThat(fleet.alarms())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("web-cpu", false, "web-memory", false, "db-cpu", true, "queue", false));
        assertThat(alarms.toSuspend()).isEmpty();

        new AlarmActions(aws, List.of("web-*", "queue")).resume(items);
        assertThat(fleet.alarms()).containsExactlyInAnyOrderEntriesOf(before);
        assertThat(alarms.name()).isEqualTo("alarms:web-*,queue");
    }

    @Test
    public void moreAlarmsThanOneCallTakesAreTakenInSeveral() throws Exception {
        // As many would take moto a while to make.
        String members = IntStream.range(0, 230)
                .mapToObj(each ->
                        "<member><AlarmName>web-" + each + "</AlarmName><ActionsEnabled>true</ActionsEnabled></member>")
                .collect(Collectors.joining());
        AwsGateway gateway = moto.gateway();
        gateway.answerOnce(
                "DescribeAlarms",
                AwsGateway.Answer.ok("DescribeAlarms", "<MetricAlarms>" + members + "</MetricAlarms>"));
        Suspension alarms = new AlarmActions(aws, List.of("web-*"));

        List<String> items = alarms.toSuspend();
        alarms.suspend(items);
        alarms.resume(items);

        assertThat(items).hasSize(230);
        for (String action : List.of("DisableAlarmActions", "EnableAlarmActions")) {
            assertThat(gateway.calls(action))
                    .extracting(call -> call.values("AlarmNames.member.\\d+").size())
                    .containsExactly(100, 100, 30);
        }
    }

    @Test
    public void everyPageOfAlarmsCountsAndCompositeOnesDoToo() throws Exception {
        moto.gateway()
                .answerOnce(
                        "DescribeAlarms",
                        AwsGateway.Answer.ok(
                                "DescribeAlarms",
                                "<MetricAlarms><member><AlarmName>web-1</AlarmName><ActionsEnabled>true</ActionsEnabled>"
                                        + "</member></MetricAlarms><NextToken>more</NextToken>"));
        moto.gateway()
                .answerOnce(
                        "DescribeAlarms",
                        AwsGateway.Answer.ok(
                                "DescribeAlarms",
                                "<CompositeAlarms><member><AlarmName>web-all</AlarmName><ActionsEnabled>true"
                                        + "</ActionsEnabled></member></CompositeAlarms>"));

        assertThat(new AlarmActions(aws, List.of("web-*")).toSuspend()).containsExactly("web-1", "web-all");

        assertThat(moto.gateway().calls("DescribeAlarms"))
                .extracting(call -> call.parameters().get("NextToken"))
                .containsExactly(null, "more");
        assertThat(moto.gateway().calls("DescribeAlarms").get(0).values("AlarmTypes.member.\\d+"))
                .containsExactly("MetricAlarm", "CompositeAlarm");
    }

    @Test
    public void anAlarmThatThereIsNotIsAnErrorAndAPrefixWithoutOneIsNot() throws Exception {
        assertThatThrownBy(() -> new AlarmActions(aws, List.of("web-cpu")).toSuspend())
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("there is no alarm web-cpu");
        assertThat(new AlarmActions(aws, List.of("web-*")).toSuspend()).isEmpty();
    }

    @Test
    public void everyAlarmOfTheAccountIsTooMuch() {
        for (String alarm : List.of("*", "", "*-cpu", "web-*-cpu")) {
            assertThatThrownBy(() -> new AlarmActions(aws, List.of(alarm)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + alarm + "'");
        }
    }
}
