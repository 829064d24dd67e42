package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import io.jenkins.plugins.consuldeploy.phase.Caller;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ProxiesUnderLoadTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    public void nobodyNoticesTenSwitchesOfNginxBackAndForth() throws Exception {
        Tree tree = Tree.of(ConsulProcess.uniquePrefix("proxies"));
        try (ColorApp blue = new ColorApp(Color.BLUE, 0);
                ColorApp green = new ColorApp(Color.GREEN, 0);
                Consul consul = ConsulProcess.shared().client();
                NginxHost nginx = new NginxHost(
                        "proxy1",
                        ConsulProcess.shared().address(),
                        tree.prefix(),
                        Map.of(Color.BLUE, List.of(blue.port()), Color.GREEN, List.of(green.port())))) {
            ProxiesSwitch traffic = new ProxiesSwitch(
                    consul,
                    tree,
                    new Caller("us", "load"),
                    new Expected.AtLeast(1),
                    Duration.ofMillis(ColorApp.SLOW_MILLIS),
                    progress -> {});
            assertThat(traffic.prepare(Color.BLUE, SOON)).isEmpty();
            traffic.move(Shares.all(Color.BLUE), SOON);
            try (KeepAliveLoad load = new KeepAliveLoad(nginx.port(), 64, 20)) {
                TenSwitches.underLoad(traffic, load, SOON);
            }
        }
    }
}
