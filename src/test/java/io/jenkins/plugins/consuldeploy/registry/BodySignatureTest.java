package io.jenkins.plugins.consuldeploy.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.Test;

public class BodySignatureTest {

    /** The example of GitHub's manual, "Validating webhook deliveries". */
    @Test
    public void itIsWhatGitHubSends() {
        byte[] body = "Hello, World!".getBytes(StandardCharsets.UTF_8);
        String header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assertThat(BodySignature.of("It's a Secret to Everybody", body)).isEqualTo(header);
        assertThat(BodySignature.matches("It's a Secret to Everybody", body, header))
                .isTrue();
        assertThat(BodySignature.matches("It's a Secret to Everybody", body, header.substring(7)))
                .isTrue();
    }

    @Test
    public void anythingElseDoesNotMatch() {
        byte[] body = "x".getBytes(StandardCharsets.UTF_8);
        String right = BodySignature.of("key", body);
        assertThat(BodySignature.matches("other", body, right)).isFalse();
        assertThat(BodySignature.matches("key", "y".getBytes(StandardCharsets.UTF_8), right))
                .isFalse();
        assertThat(BodySignature.matches("key", body, "")).isFalse();
        assertThat(BodySignature.matches("key", body, right.substring(0, 40))).isFalse();
    }
}
