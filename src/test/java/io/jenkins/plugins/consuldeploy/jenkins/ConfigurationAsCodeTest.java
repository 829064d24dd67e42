package io.jenkins.plugins.consuldeploy.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.casc.misc.ConfiguredWithCode;
import io.jenkins.plugins.casc.misc.JenkinsConfiguredWithCodeRule;
import io.jenkins.plugins.consuldeploy.jenkins.channels.NotificationChannel;
import org.junit.ClassRule;
import org.junit.Test;

public class ConfigurationAsCodeTest {

    @ClassRule
    @ConfiguredWithCode("casc.yaml")
    public static final JenkinsConfiguredWithCodeRule r = new JenkinsConfiguredWithCodeRule();

    @Test
    public void serversAreReadFromYaml() {
        assertThat(ConsulServers.get().getServers())
                .extracting(ConsulServer::getName)
                .containsExactly("production", "staging");
        ConsulServer production = ConsulServers.get().named("production");
        assertThat(production.getAddress()).isEqualTo("https://consul.example.com:8501");
        assertThat(production.getDatacenter()).isEqualTo("dc1");
        assertThat(production.getTokenCredentialsId()).isEqualTo("consul-token");
        assertThat(production.getKeyRoot()).isEqualTo("deployments");
        assertThat(production.getOutageLimit()).isEqualTo("5m");
        assertThat(production.isSkipVerify()).isFalse();
    }

    @Test
    public void accountsAndChannelsAreReadFromYaml() throws Exception {
        AwsAccount account = AwsAccounts.get().named("production");
        assertThat(account.getCredentialsId()).isEqualTo("aws-deployer");
        assertThat(account.words())
                .containsEntry("region", "eu-west-1")
                .containsEntry("role", "arn:aws:iam::123456789012:role/deployer")
                .containsEntry("externalId", "web-releases");
        assertThat(NotificationChannels.get().getChannels())
                .extracting(NotificationChannel::getName)
                .containsExactly("deploys", "audit", "people");
        assertThat(r.exportToString(true))
                .contains("awsAccounts:", "notificationChannels:", "slack:", "keyCredentialsId: \"audit-key\"");
    }

    @Test
    public void theyAreWrittenAsTheyWereReadAndWithoutASecret() throws Exception {
        String exported = r.exportToString(true);
        assertThat(exported)
                .containsSubsequence(
                        "consulServers:",
                        "servers:",
                        "- address: \"https://consul.example.com:8501\"",
                        "datacenter: \"dc1\"",
                        "keyRoot: \"deployments\"",
                        "name: \"production\"",
                        "outageLimit: \"5m\"",
                        "tokenCredentialsId: \"consul-token\"",
                        "- address: \"127.0.0.1:8500\"",
                        "name: \"staging\"")
                .doesNotContain("a-token-from-elsewhere");
    }
}
