package io.jenkins.plugins.consuldeploy.spec;

import io.jenkins.plugins.consuldeploy.notify.Channel;
import io.jenkins.plugins.consuldeploy.notify.LogChannel;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom a release tells what becomes of it: the word {@code notify}, which has names of channels and channels that are
 * written out.
 *
 * @param missing why each of those that are not known here is not: only of a release that is gone on with, for one that
 *                starts is refused
 */
public record Audience(List<Channel> channels, List<String> missing) {

    /** The name of a channel that is there everywhere: the log of the program, where no other is set up for it. */
    public static final String LOG = "log";

    public static final Audience NOBODY = new Audience(List.of(), List.of());

    /**
     * Reads it.
     *
     * @param isOnRecord whether the release has begun, maybe elsewhere: then it goes on without what is not known here
     * @throws BadInputException naming the field, by its path and its place
     */
    static Audience read(Words words, Surroundings with, boolean isOnRecord) {
        List<Channel> channels = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Words one : words.list("notify", "name")) {
            try {
                channels.add(channel(one, with));
            } catch (BadInputException e) {
                if (!isOnRecord) {
                    throw e;
                }
                missing.add(e.getMessage());
            }
        }
        return new Audience(List.copyOf(channels), List.copyOf(missing));
    }

    // Private

    private static Channel channel(Words one, Surroundings with) {
        if (!one.has("name")) {
            return new ChannelWords(with.channels(), with.consul().time(), false).read(one);
        }
        String name = one.only("name").text("name");
        return with.channels()
                .named(name)
                .or(() -> name.equals(LOG) ? Optional.of(new LogChannel()) : Optional.empty())
                .orElseThrow(() -> one.bad(
                        "name",
                        name,
                        "no channel of this name; " + with.channels().known()));
    }
}
