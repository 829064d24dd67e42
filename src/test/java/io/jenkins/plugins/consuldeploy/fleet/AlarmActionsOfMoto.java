package io.jenkins.plugins.consuldeploy.fleet;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;

/**
 * EnableAlarmActions and DisableAlarmActions, which moto does not have (yet): each alarm is put anew with the other flag, and the
 * rest of it as it was.
 */
final class AlarmActionsOfMoto {

    private AlarmActionsOfMoto() {}

    static void addTo(AwsGateway gateway, URI moto) {
        gateway.handle("EnableAlarmActions", call -> put(call, moto, true));
        gateway.handle("DisableAlarmActions", call -> put(call, moto, false));
    }

    private static Optional<AwsGateway.Answer> put(AwsGateway.Call call, URI moto, boolean enabled) {
        if (call.values("AlarmNames.member.\\d+").size() > 100) {
            return Optional.of(AwsGateway.Answer.error(
                    400, "ValidationError", "The collection AlarmNames must not have a size greater than 100"));
        }
        try (Aws aws = new Aws(AwsConfig.fromEnvironment()
                .withRegion(call.region())
                .withEndpoint(moto)
                .withCredentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIATEST", "secret"))))) {
            CloudWatchClient direct = aws.cloudWatch();
            direct.describeAlarms(request -> request.alarmNames(call.values("AlarmNames.member.\\d+")))
                    .metricAlarms()
                    .forEach(alarm -> put(direct, alarm, enabled));
        }
        return Optional.of(AwsGateway.Answer.ok(call.action(), ""));
    }

    private static void put(CloudWatchClient direct, MetricAlarm alarm, boolean enabled) {
        direct.putMetricAlarm(request -> request.alarmName(alarm.alarmName())
                .alarmDescription(alarm.alarmDescription())
                .namespace(alarm.namespace())
                .metricName(alarm.metricName())
                .dimensions(alarm.dimensions())
                .statistic(alarm.statistic())
                .period(alarm.period())
                .evaluationPeriods(alarm.evaluationPeriods())
                .threshold(alarm.threshold())
                .comparisonOperator(alarm.comparisonOperator())
                .alarmActions(alarm.alarmActions())
                .actionsEnabled(enabled));
    }
}
