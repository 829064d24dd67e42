package io.jenkins.plugins.consuldeploy.fleet;

import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.consuldeploy.consul.ReservedPort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * An AWS for tests: a real moto server on a free port of 127.0.0.1, behind an {@link AwsGateway} that records, fails and
 * answers calls as a test wants. A JVM starts one, and each test {@link #fresh empties} it.
 */
public final class MotoServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final List<String> REGIONS =
            List.of("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2");
    private static MotoServer shared;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ReservedPort port;
    private final Path log;
    private final URI address;
    private final Process process;
    private final AwsGateway gateway;
    private String region = REGIONS.get(0);

    private MotoServer(String program) throws IOException {
        port = ReservedPort.take();
        log = Files.createTempFile("moto", ".log");
        address = URI.create("http://127.0.0.1:" + port);
        process = new ProcessBuilder(program, "-H", "127.0.0.1", "-p", port.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        gateway = new AwsGateway(address);
    }

    /**
     * The one of this JVM, emptied, in a region that the last test did not have to have used. Where there is no moto, the test is
     * skipped with the reason.
     */
    public static synchronized MotoServer fresh() {
        Optional<String> program = program();
        assumeTrue("no moto: set MOTO, put moto_server on the PATH, or run bin/setup moto", program.isPresent());
        try {
            if (shared == null) {
                shared = new MotoServer(program.get());
                Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
                shared.awaitAnswer();
            }
            shared.reset();
            return shared;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while moto starts", e);
        }
    }

    /** The program: {@code MOTO}, then the PATH, then what bin/setup fetched. */
    public static Optional<String> program() {
        String named = System.getenv("MOTO");
        if (named != null && !named.isBlank()) {
            return Optional.of(named);
        }
        for (String entry : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(entry, "moto_server"))) {
                return Optional.of(Path.of(entry, "moto_server").toString());
            }
        }
        for (String base : List.of(".", "..")) {
            Path fetched = Path.of(base, ".tools", "bin", "moto_server");
            if (Files.isExecutable(fetched)) {
                return Optional.of(fetched.toAbsolutePath().toString());
            }
        }
        return Optional.empty();
    }

    /** Where AWS's services are asked at. */
    public URI endpoint() {
        return gateway.address();
    }

    public String region() {
        return region;
    }

    public AwsGateway gateway() {
        return gateway;
    }

    public AwsConfig config() {
        return AwsConfig.fromEnvironment()
                .withRegion(region)
                .withEndpoint(endpoint())
                .withCredentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIATEST", "secret")));
    }

    /** A client of it, which the caller closes. */
    public Aws aws() {
        return new Aws(config());
    }

    @Override
    public void close() {
        gateway.close();
        // Where the program is a script that starts Python, the script's end is not Python's.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
            port.close();
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Private

    private void reset() throws IOException, InterruptedException {
        gateway.reset();
        region = REGIONS.get(ThreadLocalRandom.current().nextInt(REGIONS.size()));
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(address.resolve("/moto-api/reset"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("moto did not reset: " + answer.body());
        }
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("moto did not start: " + Files.readString(log));
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return http.send(
                                    HttpRequest.newBuilder(address.resolve("/moto-api/data.json"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
