package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.balancer.HaproxyProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class DocumentsTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theDocumentedConfigurationsAreValid() throws Exception {
        Path map = Files.writeString(folder.newFile("green.map").toPath(), "shop 0\n");
        for (String name : new String[] {"haproxy.cfg", "haproxy-backends.cfg"}) {
            Path file = folder.newFile(name).toPath();
            Files.writeString(file, Documents.read(name).replace("/etc/haproxy/green.map", map.toString()));
            Process check = new ProcessBuilder(HaproxyProcess.binary(), "-c", "-f", file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(check.waitFor()).as(said).isZero();
        }
    }
}
