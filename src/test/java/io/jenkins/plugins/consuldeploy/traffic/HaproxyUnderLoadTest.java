package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import io.jenkins.plugins.consuldeploy.fleet.Host;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.Test;

public class HaproxyUnderLoadTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    public void nobodyNoticesTenSwitchesBackAndForth() throws Exception {
        try (ColorApp blue = new ColorApp(Color.BLUE, 0);
                ColorApp green = new ColorApp(Color.GREEN, 0);
                HaproxyProcess haproxy = HaproxyProcess.start(config(blue, green));
                KeepAliveLoad load = new KeepAliveLoad(haproxy.port(), 64, 20)) {
            HaproxySwitch traffic = HaproxySwitch.ofServers(
                    List.of(haproxy.address()),
                    "shop",
                    Map.of(Color.BLUE, List.of(host("blue1", blue)), Color.GREEN, List.of(host("green1", green))),
                    TimeSource.system());

            TenSwitches.underLoad(traffic, load, SOON);

            assertThat(load.triedAgain()).as("tried again").isZero();
        }
    }

    private static String config(ColorApp blue, ColorApp green) throws java.io.IOException {
        String documented = Documents.read("haproxy.cfg");
        return documented
                .substring(documented.indexOf("frontend web"))
                .replace("bind :80", "bind 127.0.0.1:$PORT")
                .replace("10.0.0.11:8080", "127.0.0.1:" + blue.port())
                .replace("10.0.0.21:8080", "127.0.0.1:" + green.port());
    }

    private static Host host(String name, ColorApp app) {
        return new Host(name, name, "127.0.0.1", OptionalInt.of(app.port()), Optional.empty());
    }
}
