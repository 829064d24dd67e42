package io.jenkins.plugins.consuldeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class MainTest {

    @Test
    public void theHelpOfEachCommandShowsAnExample() {
        for (String command : Commands.NAMES) {
            for (String flag : new String[] {"--help", "-help", "-h"}) {
                CommandLineRun run = CommandLineRun.of(command, flag);
                assertThat(run.exit()).isZero();
                assertThat(run.err()).isEmpty();
                assertThat(run.out())
                        .startsWith("Usage: consul-deploy " + command)
                        .containsPattern("Examples?:\n")
                        .contains("consul-deploy " + command)
                        .doesNotContain("%%", "%n");
            }
            assertThat(CommandLineRun.of("help", command)).isEqualTo(CommandLineRun.of(command, "--help"));
        }
    }

    @Test
    public void theHelpOfAllNamesEachCommandAndTheExitCodes() {
        CommandLineRun run = CommandLineRun.of("--help");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains(Commands.NAMES).contains("4 locked by another");
    }

    @Test
    public void theVersionIsSaid() {
        assertThat(CommandLineRun.of("--version").out()).startsWith("consul-deploy ");
    }

    @Test
    public void aWordThatTheLocaleCantReadIsRefused() {
        CommandLineRun run = CommandLineRun.of("deploy", "v\uFFFD", "--prefix", "p", "--nodes", "1");

        assertThat(run.exit()).isEqualTo(Exit.BAD_INPUT);
        assertThat(run.err()).contains("'v?' can't be read in this locale");
    }

    @Test
    public void bashTakesTheCompletionScriptAndCompletesCommandsAndOptions() throws Exception {
        CommandLineRun run = CommandLineRun.of("completion");
        assertThat(run.exit()).isZero();

        String ask = run.out() + "\n"
                + "COMP_WORDS=(consul-deploy d) COMP_CWORD=1; _complete_consul-deploy; echo \"${COMPREPLY[@]}\"\n"
                + "COMP_WORDS=(consul-deploy deploy --pre) COMP_CWORD=2; _complete_consul-deploy; echo \"${COMPREPLY[@]}\"\n";
        Process bash = new ProcessBuilder("bash", "-s")
                .redirectError(ProcessBuilder.Redirect.DISCARD) // it misses the shell that it would complete for
                .start();
        bash.getOutputStream().write(ask.getBytes(StandardCharsets.UTF_8));
        bash.getOutputStream().close();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said.lines()).containsExactly("deploy", "--prefix");
    }
}
