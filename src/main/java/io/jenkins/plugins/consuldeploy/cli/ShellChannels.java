package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.LogChannel;
import io.jenkins.plugins.consuldeploy.notify.WebhookClient;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Audience;
import io.jenkins.plugins.consuldeploy.spec.ChannelWords;
import io.jenkins.plugins.consuldeploy.spec.Channels;
import io.jenkins.plugins.consuldeploy.spec.Words;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The channels of a shell: those of a file, each with its name, and what environment variables hold. The file is read
 * when the first name is asked for.
 */
final class ShellChannels implements Channels {

    private final Optional<Path> path;
    private final Map<String, String> env;
    private final TimeSource time;
    private final Consumer<String> log;
    private Optional<YamlFile> file = Optional.empty();
    private Optional<WebhookClient> webhooks = Optional.empty();

    /** @param log what the channel {@value Audience#LOG} writes to */
    ShellChannels(Optional<Path> path, Map<String, String> env, TimeSource time, Consumer<String> log) {
        this.path = path;
        this.env = env;
        this.time = time;
        this.log = log;
    }

    @Override
    public Optional<Channel> named(String name) {
        if (name.equals(Audience.LOG)) {
            return Optional.of(new LogChannel((level, line) -> log.accept(line)));
        }
        if (path.isEmpty()) {
            return Optional.empty();
        }
        YamlFile words = file();
        if (!words.tree().containsKey(name)) {
            return Optional.empty();
        }
        return Optional.of(new ChannelWords(this, time, true)
                .read(Words.of(words.tree(), words.places()).words(name)));
    }

    @Override
    public String known() {
        return path.map(file -> file + " has "
                        + String.join(", ", new TreeSet<>(file().tree().keySet())))
                .orElse("--channels FILE or " + ChannelOption.VARIABLE + " says where channels are set up");
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(env.get(name));
    }

    @Override
    public WebhookClient webhooks() {
        if (webhooks.isEmpty()) {
            webhooks = Optional.of(WebhookClient.through(ProxySelector.getDefault()));
        }
        return webhooks.get();
    }

    // Private

    /** @throws BadInputException when it can't be read */
    private YamlFile file() {
        if (file.isEmpty()) {
            file = Optional.of(YamlFile.read(path.orElseThrow()));
        }
        return file.get();
    }
}
