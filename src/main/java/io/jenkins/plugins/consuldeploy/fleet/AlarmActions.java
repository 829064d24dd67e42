package io.jenkins.plugins.consuldeploy.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/** The actions of CloudWatch alarms, so that a release wakes nobody and scales nothing. The alarms go on watching. */
public final class AlarmActions implements Suspension {

    private static final Logger LOG = Logger.getLogger(AlarmActions.class.getName());
    /** What DescribeAlarms, DisableAlarmActions and EnableAlarmActions take at once (CloudWatch API Reference). */
    private static final int AT_ONCE = 100;

    private final Aws aws;
    private final List<String> alarms;

    /** @param alarms names, or beginnings of names that end with {@code *}; metric alarms and composite ones alike */
    public AlarmActions(Aws aws, List<String> alarms) {
        for (String alarm : alarms) {
            int star = alarm.indexOf('*');
            if (alarm.isBlank() || alarm.equals("*") || star >= 0 && star < alarm.length() - 1) {
                throw new IllegalArgumentException("alarms has '" + alarm
                        + "', and it takes names, or the beginning of names with a * at its end, as in web-*");
            }
        }
        if (alarms.isEmpty()) {
            throw new IllegalArgumentException("alarms is empty, and it must name at least one");
        }
        this.aws = aws;
        this.alarms = List.copyOf(alarms);
    }

    @Override
    public String name() {
        return "alarms:" + String.join(",", alarms);
    }

    @Override
    public List<String> toSuspend() throws InterruptedException {
        Set<String> enabled = new TreeSet<>();
        List<String> names = new ArrayList<>();
        for (String alarm : alarms) {
            if (!alarm.endsWith("*")) {
                names.add(alarm);
                continue;
            }
            String prefix = alarm.substring(0, alarm.length() - 1);
            if (read(DescribeAlarmsRequest.builder().alarmNamePrefix(prefix), alarm, enabled)
                    .isEmpty()) {
                LOG.log(Level.WARNING, "there is no alarm {0}: none to keep still", alarm);
            }
        }
        Set<String> missing = new TreeSet<>(names);
        for (List<String> some : chunks(names)) {
            missing.removeAll(read(DescribeAlarmsRequest.builder().alarmNames(some), String.join(", ", some), enabled));
        }
        if (!missing.isEmpty()) {
            throw new FleetException("could not read the alarms to keep still: there is no alarm "
                    + String.join(", ", missing)
                    + ". Check the name, and the region and account that it is looked for in");
        }
        return List.copyOf(enabled);
    }

    @Override
    public void suspend(List<String> items) throws InterruptedException {
        for (List<String> some : chunks(items)) {
            aws.call(
                    "disable the actions of the alarms " + String.join(", ", some),
                    "cloudwatch:DisableAlarmActions",
                    () -> aws.cloudWatch().disableAlarmActions(request -> request.alarmNames(some)));
        }
    }

    /** Alarms that are gone meanwhile have nothing left to resume: CloudWatch passes over them. */
    @Override
    public void resume(List<String> items) throws InterruptedException {
        for (List<String> some : chunks(items)) {
            aws.call(
                    "enable the actions of the alarms " + String.join(", ", some),
                    "cloudwatch:EnableAlarmActions",
                    () -> aws.cloudWatch().enableAlarmActions(request -> request.alarmNames(some)));
        }
    }

    // Private

    /** Adds those whose actions are enabled. Answers all that there are. */
    private Set<String> read(DescribeAlarmsRequest.Builder which, String shown, Set<String> enabled)
            throws InterruptedException {
        Set<String> all = new TreeSet<>();
        String next = null;
        do {
            DescribeAlarmsRequest request = which.alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM)
                    .maxRecords(AT_ONCE)
                    .nextToken(next)
                    .build();
            DescribeAlarmsResponse answer =
                    aws.call("read the alarms " + shown, "cloudwatch:DescribeAlarms", () -> aws.cloudWatch()
                            .describeAlarms(request));
            for (MetricAlarm alarm : answer.metricAlarms()) {
                add(alarm.alarmName(), alarm.actionsEnabled(), all, enabled);
            }
            for (CompositeAlarm alarm : answer.compositeAlarms()) {
                add(alarm.alarmName(), alarm.actionsEnabled(), all, enabled);
            }
            next = answer.nextToken();
        } while (next != null && !next.isEmpty());
        return all;
    }

    private static void add(String name, Boolean actionsEnabled, Set<String> all, Set<String> enabled) {
        all.add(name);
        if (Boolean.TRUE.equals(actionsEnabled)) {
            enabled.add(name);
        }
    }

    private static List<List<String>> chunks(List<String> all) {
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            chunks.add(all.subList(from, Math.min(from + AT_ONCE, all.size())));
        }
        return chunks;
    }
}
