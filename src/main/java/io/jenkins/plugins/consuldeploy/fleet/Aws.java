package io.jenkins.plugins.consuldeploy.fleet;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * One AWS account in one region: the only place that makes clients of its services, each when it is first wanted, all over
 * one pool of connections. Safe for many threads. Closing it closes them.
 */
public final class Aws implements AutoCloseable {

    /** For CloudTrail and AWS's support: who called. */
    private static final String APP_ID = "consul-deploy";

    /** Another change of the same thing is under way: it passes. */
    private static final String CONTENTION = "ResourceContention";

    private final AwsConfig config;
    private final SdkHttpClient http;
    private final Map<Class<?>, SdkClient> clients = new HashMap<>();
    private final List<SdkAutoCloseable> toClose = new ArrayList<>();
    private AwsCredentialsProvider credentials;

    /** Opens no connection: the first call does. */
    public Aws(AwsConfig config) {
        this.config = config;
        ApacheHttpClient.Builder builder = ApacheHttpClient.builder()
                .connectionTimeout(config.connectTimeout())
                .socketTimeout(config.readTimeout());
        config.proxy().map(Aws::proxy).ifPresent(builder::proxyConfiguration);
        this.http = builder.build();
        toClose.add(http);
    }

    public Ec2Client ec2() {
        return client(Ec2Client.class, Ec2Client::builder);
    }

    public AutoScalingClient autoScaling() {
        return client(AutoScalingClient.class, AutoScalingClient::builder);
    }

    /** Classic load balancers. */
    public ElasticLoadBalancingClient classicElb() {
        return client(ElasticLoadBalancingClient.class, ElasticLoadBalancingClient::builder);
    }

    /** Application and network load balancers, and their target groups. */
    public ElasticLoadBalancingV2Client elbV2() {
        return client(ElasticLoadBalancingV2Client.class, ElasticLoadBalancingV2Client::builder);
    }

    public CloudWatchClient cloudWatch() {
        return client(CloudWatchClient.class, CloudWatchClient::builder);
    }

    public CloudFormationClient cloudFormation() {
        return client(CloudFormationClient.class, CloudFormationClient::builder);
    }

    /**
     * Makes one call, with the retries of {@link AwsConfig.Retries}.
     *
     * @param doing      what for, as in "could not (doing)": {@code list the instances with stack=web}
     * @param permission the IAM action that it takes, for whoever is refused it
     * @throws AwsException         when AWS refuses, or gives no answer
     * @throws InterruptedException when the thread is interrupted between two attempts; a request under way is waited for,
     *                              at most {@link AwsConfig#readTimeout}
     */
    public <T> T call(String doing, String permission, Supplier<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (AbortedException e) {
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("interrupted on the way to " + doing);
            interrupted.initCause(e);
            throw interrupted;
        } catch (SdkException e) {
            throw AwsException.of(doing, permission, where(), e);
        }
    }

    @Override
    public synchronized void close() {
        for (int last = toClose.size() - 1; last >= 0; last--) {
            toClose.get(last).close();
        }
        toClose.clear();
        clients.clear();
    }

    // Private

    private String where() {
        return config.endpoint()
                .map(URI::toString)
                .or(() -> config.region().map(region -> "region " + region))
                .orElse("the default region");
    }

    private synchronized <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C extends SdkClient> C client(
            Class<C> type, Supplier<B> builder) {
        SdkClient client = clients.get(type);
        if (client == null) {
            if (credentials == null) {
                credentials = credentials();
            }
            client = build(builder.get(), credentials);
            clients.put(type, client);
        }
        return type.cast(client);
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C extends SdkClient> C build(
            B builder, AwsCredentialsProvider as) {
        builder.httpClient(http).credentialsProvider(as).overrideConfiguration(overrides());
        config.region().map(Region::of).ifPresent(builder::region);
        config.endpoint().ifPresent(builder::endpointOverride);
        C client = builder.build();
        toClose.add(client);
        return client;
    }

    private ClientOverrideConfiguration overrides() {
        ClientOverrideConfiguration.Builder overrides =
                ClientOverrideConfiguration.builder().appId(APP_ID).retryStrategy(retryStrategy());
        config.profile().ifPresent(overrides::defaultProfileName);
        return overrides.build();
    }

    private RetryStrategy retryStrategy() {
        RetryMode mode =
                config.retries().mode() == AwsConfig.Retries.Mode.ADAPTIVE ? RetryMode.ADAPTIVE_V2 : RetryMode.STANDARD;
        return AwsRetryStrategy.forRetryMode(mode).toBuilder()
                .retryOnException(failure -> failure instanceof AwsServiceException refused
                        && refused.awsErrorDetails() != null
                        && CONTENTION.equals(refused.awsErrorDetails().errorCode()))
                .maxAttempts(config.retries().attempts())
                .build();
    }

    private AwsCredentialsProvider credentials() {
        AwsCredentialsProvider own = config.credentials().orElseGet(this::ownCredentials);
        Optional<AwsConfig.Role> role = config.role();
        if (role.isEmpty()) {
            return own;
        }
        StsAssumeRoleCredentialsProvider assumed = StsAssumeRoleCredentialsProvider.builder()
                .stsClient(build(StsClient.builder(), own))
                .refreshRequest(request -> request.roleArn(role.get().arn())
                        .roleSessionName(role.get().sessionName())
                        .externalId(role.get().externalId().orElse(null)))
                .build();
        toClose.add(assumed);
        return assumed;
    }

    private AwsCredentialsProvider ownCredentials() {
        if (config.profile().isPresent()) {
            ProfileCredentialsProvider found =
                    ProfileCredentialsProvider.create(config.profile().get());
            toClose.add(found);
            return found;
        }
        DefaultCredentialsProvider found = DefaultCredentialsProvider.builder().build();
        toClose.add(found);
        return found;
    }

    private static ProxyConfiguration proxy(AwsConfig.Proxy given) {
        ProxyConfiguration.Builder proxy = ProxyConfiguration.builder()
                .endpoint(given.address())
                .nonProxyHosts(given.noProxy())
                .useSystemPropertyValues(false)
                .useEnvironmentVariableValues(false);
        given.auth().ifPresent(auth -> proxy.username(auth.user())
                .password(auth.password())
                .preemptiveBasicAuthenticationEnabled(true));
        return proxy.build();
    }
}
