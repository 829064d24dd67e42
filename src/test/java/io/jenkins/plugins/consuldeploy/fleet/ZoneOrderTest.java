package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.Test;

public class ZoneOrderTest {

    @Test
    public void zonesTakeTurnsAndKeepTheirHostsOrder() {
        assertThat(names("a1/A", "a2/A", "a3/A", "b1/B", "c1/C", "c2/C"))
                .containsExactly("a1", "b1", "c1", "a2", "c2", "a3");
    }

    @Test
    public void hostsWithoutAZoneTakeTurnsAsOneZone() {
        assertThat(names("x/", "y/", "a1/A")).containsExactly("x", "a1", "y");
        assertThat(names("x/", "y/", "z/")).containsExactly("x", "y", "z");
        assertThat(names()).isEmpty();
    }

    private static List<String> names(String... namesAndZones) {
        List<Host> hosts = List.of(namesAndZones).stream()
                .map(text -> text.split("/", -1))
                .map(pair -> new Host(
                        pair[0],
                        pair[0],
                        "10.0.0.1",
                        OptionalInt.empty(),
                        Optional.of(pair[1]).filter(zone -> !zone.isEmpty())))
                .toList();
        return ZoneOrder.alternating(hosts).stream().map(Host::name).toList();
    }
}
