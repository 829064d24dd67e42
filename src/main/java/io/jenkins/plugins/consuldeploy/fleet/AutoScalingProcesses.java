package io.jenkins.plugins.consuldeploy.fleet;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.SuspendedProcess;

/**
 * Processes of an auto scaling group that would get in a release's way: they would add, replace or end instances, or take
 * one that is out of its load balancer for unhealthy.
 */
public final class AutoScalingProcesses implements Suspension {

    public static final List<String> DEFAULT =
            List.of("AlarmNotification", "AZRebalance", "ReplaceUnhealthy", "ScheduledActions", "HealthCheck");

    /** "Suspend and resume Amazon EC2 Auto Scaling processes" in the Auto Scaling User Guide. */
    private static final Set<String> KNOWN = Set.of(
            "Launch",
            "Terminate",
            "AddToLoadBalancer",
            "AlarmNotification",
            "AZRebalance",
            "HealthCheck",
            "InstanceRefresh",
            "ReplaceUnhealthy",
            "ScheduledActions");

    private static final Logger LOG = Logger.getLogger(AutoScalingProcesses.class.getName());

    private final Aws aws;
    private final String group;
    private final List<String> processes;

    /** @param processes by AWS's names for them; {@link #DEFAULT} for most */
    public AutoScalingProcesses(Aws aws, String group, List<String> processes) {
        Set<String> unknown = new TreeSet<>(processes);
        unknown.removeAll(KNOWN);
        if (processes.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("processes of the auto scaling group " + group + " is " + processes
                    + ", and it must name some of " + String.join(", ", new TreeSet<>(KNOWN)));
        }
        this.aws = aws;
        this.group = group;
        this.processes = List.copyOf(processes);
    }

    @Override
    public String name() {
        return "autoScaling:" + group;
    }

    @Override
    public List<String> toSuspend() throws InterruptedException {
        AutoScalingGroup found = AutoScalingGroups.describe(aws, group)
                .orElseThrow(() -> AutoScalingGroups.missing("suspend its processes", group));
        Set<String> suspended = found.suspendedProcesses().stream()
                .map(SuspendedProcess::processName)
                .collect(Collectors.toSet());
        return processes.stream()
                .filter(process -> !suspended.contains(process))
                .toList();
    }

    @Override
    public void suspend(List<String> items) throws InterruptedException {
        if (items.isEmpty()) { // an empty list would be every process there is
            return;
        }
        aws.call(
                "suspend " + String.join(", ", items) + " of the auto scaling group " + group,
                "autoscaling:SuspendProcesses",
                () -> aws.autoScaling().suspendProcesses(request -> request.autoScalingGroupName(group)
                        .scalingProcesses(items)));
    }

    /** A group that is gone has nothing left to resume. */
    @Override
    public void resume(List<String> items) throws InterruptedException {
        if (items.isEmpty()) { // an empty list would be every process there is
            return;
        }
        if (AutoScalingGroups.describe(aws, group).isEmpty()) {
            LOG.log(Level.WARNING, "the auto scaling group {0} is gone: nothing of it is left to resume", group);
            return;
        }
        aws.call(
                "resume " + String.join(", ", items) + " of the auto scaling group " + group,
                "autoscaling:ResumeProcesses",
                () -> aws.autoScaling().resumeProcesses(request -> request.autoScalingGroupName(group)
                        .scalingProcesses(items)));
    }
}
