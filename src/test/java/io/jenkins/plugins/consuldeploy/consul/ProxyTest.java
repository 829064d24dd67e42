package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.Test;

/** An HTTP proxy between us and Consul. */
public class ProxyTest {

    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("jenkins:p@ss/word".getBytes(StandardCharsets.UTF_8));

    @Test
    public void requestsGoByTheProxy() {
        try (ScriptedConsul proxy = ScriptedConsul.alone(request -> ScriptedConsul.answer(200, "\"10.0.0.1:8300\""));
                Consul consul = new Consul(ConsulConfig.at("consul.invalid:8500")
                        .withToken(new AclToken("t0ken"))
                        .withProxy(URI.create("http://" + proxy.address())))) {
            assertThat(consul.cluster().leader()).hasValue("10.0.0.1:8300");
            assertThat(proxy.requests())
                    .extracting(ScriptedConsul.Request::uri)
                    .containsExactly("http://consul.invalid:8500/v1/status/leader");
        }
    }

    @Test
    public void aProxyThatAsksGetsUserAndPassword() throws Exception {
        try (ScriptedConsul proxy = ScriptedConsul.alone(ProxyTest::askFirst);
                Consul consul = new Consul(ConsulConfig.at("consul.invalid:8500")
                        .withProxy(new URI("http", "jenkins:p@ss/word", "127.0.0.1", port(proxy), null, null, null)))) {
            assertThat(consul.cluster().leader()).hasValue("10.0.0.1:8300");
        }
    }

    @Test
    public void aProxyThatAsksSomebodyWithoutALoginIsToldOf() {
        try (ScriptedConsul proxy = ScriptedConsul.alone(ProxyTest::askFirst);
                Consul consul = new Consul(
                        ConsulConfig.at("consul.invalid:8500").withProxy(URI.create("http://" + proxy.address())))) {
            assertThatThrownBy(() -> consul.cluster().leader())
                    .isInstanceOf(ConsulException.class)
                    .hasMessageContaining("407");
        }
    }

    private static ScriptedConsul.Reply askFirst(ScriptedConsul.Request request) {
        return request.header("Proxy-Authorization").filter(LOGIN::equals).isPresent()
                ? ScriptedConsul.answer(200, "\"10.0.0.1:8300\"")
                : new ScriptedConsul.Answer(407, "", Map.of("Proxy-Authenticate", "Basic realm=\"proxy\""));
    }

    private static int port(ScriptedConsul proxy) {
        return Integer.parseInt(proxy.address().substring(proxy.address().indexOf(':') + 1));
    }
}
