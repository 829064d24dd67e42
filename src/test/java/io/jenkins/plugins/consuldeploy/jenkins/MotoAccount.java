package io.jenkins.plugins.consuldeploy.jenkins;

import com.cloudbees.jenkins.plugins.awscredentials.AWSCredentialsImpl;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import io.jenkins.plugins.consuldeploy.fleet.Aws;
import io.jenkins.plugins.consuldeploy.fleet.AwsFleet;
import io.jenkins.plugins.consuldeploy.fleet.MotoServer;
import java.util.List;
import java.util.Map;
import org.junit.rules.ExternalResource;

/** An AWS for tests that is the one account {@code production} of Jenkins, with credentials of Jenkins. */
final class MotoAccount extends ExternalResource {

    static final String KEY = "AKIAFROMJENKINS";
    static final String SECRET = "the-secret-of-aws";
    static final String CREDENTIALS = "aws-deployer";

    private MotoServer moto;
    private Aws aws;

    @Override
    protected void before() throws Exception {
        moto = MotoServer.fresh();
        aws = moto.aws();
        SystemCredentialsProvider.getInstance()
                .setDomainCredentialsMap(Map.of(
                        Domain.global(),
                        List.of(new AWSCredentialsImpl(CredentialsScope.SYSTEM, CREDENTIALS, KEY, SECRET, ""))));
        AwsAccount account = new AwsAccount("production");
        account.setRegion(moto.region());
        account.setEndpoint(moto.endpoint().toString());
        account.setCredentialsId(CREDENTIALS);
        AwsAccounts.get().setAccounts(List.of(account));
    }

    @Override
    protected void after() {
        aws.close();
    }

    MotoServer moto() {
        return moto;
    }

    AwsFleet fleet() {
        return new AwsFleet(aws, moto.region());
    }
}
