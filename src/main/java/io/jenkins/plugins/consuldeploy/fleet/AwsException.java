package io.jenkins.plugins.consuldeploy.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * AWS refused, or gave no answer after all attempts. The message says what was being done, to what, AWS's error code and
 * words, the request id, and what to do next.
 */
public final class AwsException extends FleetException {

    private static final long serialVersionUID = 1L;

    /** EC2 adds an encoded text of a kilobyte to a refusal, for nobody to read. */
    private static final String ENCODED = "Encoded authorization failure message";

    private final String code;

    private AwsException(String message, String code, SdkException cause) {
        super(message, cause);
        this.code = code;
    }

    /** @param where the endpoint or region, for when there is no answer */
    static AwsException of(String doing, String permission, String where, SdkException cause) {
        if (cause instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            return refused(doing, permission, refused, refused.awsErrorDetails());
        }
        return new AwsException(
                "could not " + doing + " (" + where + "): " + cause.getMessage() + ". " + adviceWithoutAnswer(cause),
                "",
                cause);
    }

    /** AWS's error code, as {@code LoadBalancerNotFound}; empty when there was no answer. */
    public Optional<String> code() {
        return Optional.of(code).filter(known -> !known.isEmpty());
    }

    /** Whether AWS's error code is one of these. */
    public boolean is(String... codes) {
        return Arrays.asList(codes).contains(code);
    }

    // Private

    private static AwsException refused(
            String doing, String permission, AwsServiceException refused, AwsErrorDetails details) {
        String code = Optional.ofNullable(details.errorCode()).orElse("no error code");
        String said = Optional.ofNullable(details.errorMessage()).orElse("no message");
        int encoded = said.indexOf(ENCODED);
        String readable = (encoded < 0 ? said : said.substring(0, encoded)).strip();
        // A refusal to assume the role is a refusal of another action than the one that was wanted.
        String wanted = "Sts".equalsIgnoreCase(details.serviceName()) ? "sts:AssumeRole on that role" : permission;
        return new AwsException(
                "could not " + doing + ": AWS says " + code + ": " + readable + (readable.endsWith(".") ? "" : ".")
                        + " (HTTP " + refused.statusCode() + ", request "
                        + Optional.ofNullable(refused.requestId()).orElse("without id") + ")"
                        + advice(refused, code, wanted),
                code,
                refused);
    }

    private static String advice(AwsServiceException refused, String code, String permission) {
        String lower = code.toLowerCase(Locale.ROOT);
        if (refused.isThrottlingException()) {
            return ". Throttled through " + refused.numAttempts()
                    + " attempts: find out what else calls this account so much, or give it more attempts";
        }
        if (lower.startsWith("accessdenied") || lower.startsWith("unauthorized") || lower.equals("notauthorized")) {
            return ". Allow it the IAM action " + permission + "; docs/aws.md has the whole policy";
        }
        if (lower.contains("token")
                || lower.contains("signature")
                || lower.contains("authfailure")
                || lower.contains("accesskey")) {
            return ". Check the credentials that it runs with, and this machine's clock";
        }
        if (lower.equals("invalidinstance") || lower.equals("invalidtarget")) {
            return ". It may have been terminated meanwhile: whatever replaces it registers itself";
        }
        if (lower.contains("notfound") || lower.contains("validationerror")) {
            return ". Check the name, and the region and account that it is looked for in";
        }
        return refused.statusCode() < 500
                ? ""
                : ". AWS itself failed, in each of " + refused.numAttempts() + " attempts: try again later";
    }

    private static String adviceWithoutAnswer(SdkException cause) {
        String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (said.contains("region")) {
            return "Give a region, or set AWS_REGION";
        }
        if (said.contains("credentials") || said.contains("profile")) {
            return "Give credentials or a profile, or run it where a role gives them; docs/aws.md says where they are looked for";
        }
        return "Check the region, the endpoint and the proxy, and that this machine reaches them";
    }
}
