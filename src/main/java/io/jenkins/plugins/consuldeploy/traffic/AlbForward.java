package io.jenkins.plugins.consuldeploy.traffic;

import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.fleet.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Rule;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

/** The forward action of one rule, or of a listener's default. */
final class AlbForward implements AllOrNone.Part {

    private static final String LISTENER = ":listener/";
    private static final String RULE = ":listener-rule/";

    private final Aws aws;
    private final String arn;
    private final boolean isRule;
    private final Map<Color, Targets> groups;

    AlbForward(Aws aws, String arn, Map<Color, Targets> groups) {
        this.aws = aws;
        this.arn = arn;
        this.isRule = arn.contains(RULE);
        this.groups = groups;
        if (!isRule && !arn.contains(LISTENER)) {
            throw new IllegalArgumentException("'" + arn + "' is the ARN of no listener (it has no '" + LISTENER
                    + "') and of no rule ('" + RULE + "')");
        }
    }

    String arn() {
        return arn;
    }

    @Override
    public String name() {
        return (isRule ? "the rule " : "the listener ") + arn;
    }

    @Override
    public AllOrNone.Held hold() throws InterruptedException {
        List<Action> actions = actions();
        Shares shares = shares(forward(actions));
        return new AllOrNone.Held() {
            @Override
            public Shares shares() {
                return shares;
            }

            @Override
            public void move(Shares to) throws InterruptedException {
                modify(to.toString(), weighted(actions, to.blue(), to.green()));
            }

            @Override
            public void restore() throws InterruptedException {
                modify("what it was: " + shares, given(actions));
            }
        };
    }

    /** Makes the load balancer check a color's group, which gets no traffic by that. */
    void putIn(Color color) throws InterruptedException {
        List<Action> actions = actions();
        Action forward = forward(actions);
        Map<String, Integer> weights = weights(forward);
        shares(forward);
        if (!weights.containsKey(groups.get(color).arn())) {
            weights.put(groups.get(color).arn(), 0);
            modify("check " + color + " too", replaced(actions, forward, weights));
        }
    }

    // Private

    private List<Action> actions() throws InterruptedException {
        if (!isRule) {
            return aws.call("read " + name(), "elasticloadbalancing:DescribeListeners", () -> aws.elbV2()
                            .describeListeners(request -> request.listenerArns(arn)))
                    .listeners()
                    .get(0)
                    .defaultActions();
        }
        Rule rule = aws.call("read " + name(), "elasticloadbalancing:DescribeRules", () -> aws.elbV2()
                        .describeRules(request -> request.ruleArns(arn)))
                .rules()
                .get(0);
        if (Boolean.TRUE.equals(rule.isDefault())) {
            throw new FleetException(name() + " is its listener's default, which can't be changed as a rule. Give the"
                    + " listener's ARN instead");
        }
        return rule.actions();
    }

    private void modify(String what, List<Action> actions) throws InterruptedException {
        if (isRule) {
            aws.call("have " + name() + " do " + what, "elasticloadbalancing:ModifyRule", () -> aws.elbV2()
                    .modifyRule(request -> request.ruleArn(arn).actions(actions)));
        } else {
            aws.call("have " + name() + " do " + what, "elasticloadbalancing:ModifyListener", () -> aws.elbV2()
                    .modifyListener(request -> request.listenerArn(arn).defaultActions(actions)));
        }
    }

    private Action forward(List<Action> actions) {
        return actions.stream()
                .filter(action -> action.type() == ActionTypeEnum.FORWARD)
                .findFirst()
                .orElseThrow(() -> new FleetException(name() + " forwards to no target group; its actions are "
                        + actions.stream().map(Action::typeAsString).toList()
                        + ". Give one that forwards to blue's or green's"));
    }

    /** By the groups' ARNs, in their order. */
    private static Map<String, Integer> weights(Action forward) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        if (forward.forwardConfig() != null && forward.forwardConfig().hasTargetGroups()) {
            for (TargetGroupTuple group : forward.forwardConfig().targetGroups()) {
                weights.put(
                        group.targetGroupArn(),
                        Optional.ofNullable(group.weight()).orElse(1));
            }
        } else if (forward.targetGroupArn() != null) {
            weights.put(forward.targetGroupArn(), 1);
        }
        return weights;
    }

    private Shares shares(Action forward) throws InterruptedException {
        Map<String, Integer> weights = weights(forward);
        int blue = Optional.ofNullable(weights.remove(groups.get(Color.BLUE).arn()))
                .orElse(0);
        int green = Optional.ofNullable(weights.remove(groups.get(Color.GREEN).arn()))
                .orElse(0);
        weights.values().removeIf(weight -> weight == 0);
        if (!weights.isEmpty()) {
            throw new FleetException(name() + " forwards to " + String.join(", ", weights.keySet())
                    + " too, which is of neither color. Take it out of the action, or name it as blue's or green's");
        }
        return Weights.shares(blue, green);
    }

    private List<Action> weighted(List<Action> actions, int blue, int green) throws InterruptedException {
        Action forward = forward(actions);
        Map<String, Integer> weights = weights(forward);
        weights.put(groups.get(Color.BLUE).arn(), blue);
        weights.put(groups.get(Color.GREEN).arn(), green);
        return replaced(actions, forward, weights);
    }

    private static List<Action> replaced(List<Action> actions, Action forward, Map<String, Integer> weights) {
        ForwardActionConfig.Builder config =
                forward.forwardConfig() == null ? ForwardActionConfig.builder() : forward.forwardConfig().toBuilder();
        config.targetGroups(weights.entrySet().stream()
                .map(group -> TargetGroupTuple.builder()
                        .targetGroupArn(group.getKey())
                        .weight(group.getValue())
                        .build())
                .toList());
        List<Action> changed = new ArrayList<>();
        for (Action action : actions) {
            changed.add(
                    action == forward
                            // Beside several groups AWS does not take the one that it tells for one.
                            ? forward.toBuilder()
                                    .targetGroupArn(null)
                                    .forwardConfig(config.build())
                                    .build()
                            : action);
        }
        return given(changed);
    }

    /** As AWS takes back what it told: it does not tell a client secret, and keeps it when asked to. */
    private static List<Action> given(List<Action> told) {
        return told.stream()
                .map(action -> action.authenticateOidcConfig() == null
                        ? action
                        : action.toBuilder()
                                .authenticateOidcConfig(action.authenticateOidcConfig().toBuilder()
                                        .useExistingClientSecret(true)
                                        .build())
                                .build())
                .toList();
    }
}
