package io.jenkins.plugins.consuldeploy.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.consul.Consul;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.consul.ConsulException;
import io.jenkins.plugins.consuldeploy.consul.ConsulProcess;
import java.util.List;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

public class AccessCheckTest {

    private static ConsulProcess guarded;

    @BeforeClass
    public static void startAConsulThatForbids() {
        guarded = ConsulProcess.startWithAcls();
    }

    @AfterClass
    public static void stopIt() {
        guarded.close();
    }

    @Test
    public void aTokenThatMayDoAllIsFoundToDoSo() {
        try (Consul consul = guarded.client()) {
            assertThat(AccessCheck.run(consul, Tree.DEFAULT_ROOT)).allMatch(AccessCheck.Finding::allowed);
        }
    }

    @Test
    public void whatATokenMayNotDoIsNamedWithTheMissingPermission() {
        try (Consul consul =
                new Consul(guarded.config().withToken(guarded.token("agent_prefix \"\" { policy = \"read\" }")))) {
            List<AccessCheck.Finding> findings = AccessCheck.run(consul, Tree.DEFAULT_ROOT);
            assertThat(findings).noneMatch(AccessCheck.Finding::allowed);
            assertThat(findings)
                    .extracting(AccessCheck.Finding::text)
                    .anyMatch(text -> text.contains("may not read") && text.contains("key:read on \"consul-deploy/"))
                    .anyMatch(text -> text.contains("may not write") && text.contains("key:write on \"consul-deploy/"))
                    .anyMatch(text -> text.contains("may not create a session") && text.contains("session:write"))
                    .anyMatch(text -> text.contains("may not see") && text.contains("service:read"));
        }
    }

    @Test
    public void nothingIsLeftBehind() {
        try (Consul consul = ConsulProcess.shared().client()) {
            String root = ConsulProcess.uniquePrefix("access");
            AccessCheck.run(consul, root);
            assertThat(consul.kv().list(root + "/")).isEmpty();
        }
    }

    @Test
    public void aConsulThatIsNotThereIsNoFinding() {
        try (Consul consul = new Consul(ConsulConfig.at("127.0.0.1:1"))) {
            assertThatThrownBy(() -> AccessCheck.run(consul, Tree.DEFAULT_ROOT))
                    .isInstanceOf(ConsulException.Unreachable.class);
        }
    }

    @Test
    public void aRootThatCanNotBeOneIsRefused() {
        try (Consul consul = ConsulProcess.shared().client()) {
            assertThatThrownBy(() -> AccessCheck.run(consul, "a//b")).isInstanceOf(BadInputException.class);
        }
    }
}
