package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.Test;

public class HostListTest {

    @Test
    public void hostsComeInTheirOrder() {
        Host b = new Host("b", "b", "10.0.0.2", OptionalInt.empty(), Optional.empty());
        Host a = new Host("a", "i-1", "10.0.0.1", OptionalInt.of(80), Optional.of("z1"));

        HostList list = new HostList(List.of(b, a));

        assertThat(list.find()).containsExactly(b, a);
        assertThat(list.describe()).isEqualTo("a list of 2 hosts");
    }

    @Test
    public void aNameThatIsListedTwiceIsNamed() {
        assertThatThrownBy(() -> new HostList(List.of(HostList.at("app1"), HostList.at("app1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'app1' is listed twice");
    }

    @Test
    public void anAddressMayHaveAPort() {
        assertThat(HostList.at("app1")).isEqualTo(host("app1", "app1", OptionalInt.empty()));
        assertThat(HostList.at("127.0.0.1:9001")).isEqualTo(host("127.0.0.1:9001", "127.0.0.1", OptionalInt.of(9001)));
        assertThat(HostList.at("[::1]:9001")).isEqualTo(host("[::1]:9001", "::1", OptionalInt.of(9001)));
        assertThat(HostList.at("[::1]")).isEqualTo(host("[::1]", "::1", OptionalInt.empty()));
        assertThat(HostList.at("fe80::1")).isEqualTo(host("fe80::1", "fe80::1", OptionalInt.empty()));
    }

    @Test
    public void anAddressThatIsNoneIsNamedWithWhatWouldBeAccepted() {
        for (String text : List.of("", ":80", "app1:", "app1:http", "app1:0", "app1:70000", "http://app1", "[::1")) {
            assertThatThrownBy(() -> HostList.at(text))
                    .as("'%s'", text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + text + "'")
                    .hasMessageContaining("address:port");
        }
    }

    private static Host host(String name, String address, OptionalInt port) {
        return new Host(name, name, address, port, Optional.empty());
    }
}
