package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class HostCommandTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Host APP1 = new Host("app1", "i-1", "10.0.0.1", OptionalInt.of(80), Optional.of("z 1"));

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void aCommandFindsItsHostInItsEnvironment() throws Exception {
        HostCommand.Outcome outcome = new HostCommand(
                        "echo \"$HOST|$HOST_ID|$HOST_ADDRESS|$HOST_PORT|$HOST_ZONE|$MORE\"; echo oops >&2; exit 3",
                        LONG)
                .run(APP1, Map.of("MORE", "x;y"), line -> {});

        assertThat(outcome.exitCode()).hasValue(3);
        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.lastLines()).containsExactly("app1|i-1|10.0.0.1|80|z 1|x;y", "oops");
        assertThat(outcome.describe()).isEqualTo("exit code 3 (last line: oops)");
    }

    @Test
    public void whatIsNotKnownOfAHostIsNotInTheEnvironment() throws Exception {
        HostCommand.Outcome outcome =
                new HostCommand("env | grep '^HOST_' | sort", LONG).run(HostList.at("app2"), Map.of(), line -> {});

        assertThat(outcome.lastLines()).containsExactly("HOST_ADDRESS=app2", "HOST_ID=app2");
    }

    @Test
    public void eachLineIsHeardAndTheLastFiftyAreKept() throws Exception {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());

        HostCommand.Outcome outcome = new HostCommand("seq 1 120; printf end", LONG).run(APP1, Map.of(), heard::add);

        assertThat(heard).hasSize(121).endsWith("120", "end");
        assertThat(outcome.lastLines()).hasSize(50).endsWith("120", "end");
        assertThat(outcome.succeeded()).isTrue();
    }

    @Test
    public void aListenerThatFailsDoesNotFailTheCommand() throws Exception {
        HostCommand.Outcome outcome = new HostCommand("seq 1 3", LONG).run(APP1, Map.of(), line -> {
            throw new IllegalStateException("deaf");
        });

        assertThat(outcome.lastLines()).containsExactly("1", "2", "3");
    }

    @Test
    public void anApplicationThatItLeavesRunningDoesNotHoldItUp() throws Exception {
        Path pid = folder.getRoot().toPath().resolve("pid");

        HostCommand.Outcome outcome = new HostCommand("sleep 60 & echo $! > \"$FILE\"; echo started", LONG)
                .run(APP1, Map.of("FILE", pid.toString()), line -> {});

        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.lastLines()).containsExactly("started");
        assertThat(process(pid)).hasValueSatisfying(left -> {
            assertThat(left.isAlive()).isTrue();
            left.destroyForcibly();
        });
    }

    @Test
    public void aCommandThatDoesNotEndInTimeIsEndedWithWhatItHasStarted() throws Exception {
        Path pid = folder.getRoot().toPath().resolve("pid");

        HostCommand.Outcome outcome = new HostCommand(
                        "echo waiting; (trap '' TERM; echo $$ > /dev/null; exec sleep 61) & echo $! > \"$FILE\"; wait",
                        Duration.ofSeconds(5))
                .run(APP1, Map.of("FILE", pid.toString()), line -> {});

        assertThat(outcome.exitCode()).isEmpty();
        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.describe()).isEqualTo("did not end within 5.0 s and was ended (last line: waiting)");
        await().untilAsserted(() -> assertThat(process(pid)).isEmpty());
    }

    @Test
    public void anInterruptionEndsTheCommandAndTheWaitingForIt() throws Exception {
        Path pid = folder.getRoot().toPath().resolve("pid");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                new HostCommand("echo $$ > \"$FILE\"; exec sleep 62", LONG)
                        .run(APP1, Map.of("FILE", pid.toString()), line -> {});
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        waiting.start();
        await().until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());

        waiting.interrupt();
        waiting.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        await().untilAsserted(() -> assertThat(process(pid)).isEmpty());
    }

    @Test
    public void aCommandHasToSaySomethingAndHaveTime() {
        assertThatThrownBy(() -> new HostCommand(" ", LONG)).hasMessageContaining("empty");
        assertThatThrownBy(() -> new HostCommand("true", Duration.ZERO)).hasMessageContaining("above zero");
    }

    private static Optional<ProcessHandle> process(Path pid) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    }
}
