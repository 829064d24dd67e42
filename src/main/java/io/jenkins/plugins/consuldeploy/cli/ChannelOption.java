package io.jenkins.plugins.consuldeploy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the channels are set up that a release names. */
final class ChannelOption {

    static final String VARIABLE = "CONSUL_DEPLOY_CHANNELS";

    @Option(
            names = "--channels",
            order = 10,
            paramLabel = "FILE",
            description =
                    "The channels, in YAML, that a release's 'notify' may name; docs/notifications.md has the words"
                            + " (default: $$" + VARIABLE + ").")
    private Optional<String> file = Optional.empty();

    /** The option, for a command that is shown to people. */
    List<String> words() {
        return file.map(name -> List.of("--channels", name)).orElse(List.of());
    }

    Optional<Path> path(Map<String, String> env) {
        return file.or(() -> Optional.ofNullable(env.get(VARIABLE)).filter(name -> !name.isBlank()))
                .map(Path::of);
    }
}
