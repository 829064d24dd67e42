package io.jenkins.plugins.consuldeploy.registry;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a registry sent. Which one it was is seen from the body: no two of them send the same shape, and a setting
 * less is one less to get wrong. A body of a shape that is not known here needs to be told where to look.
 */
public final class NotificationReader {

    private static final int MAX_REASON = 200;
    private static final List<Format> FORMATS =
            List.of(new DockerHub(), new DistributionRegistry(), new GitHubPackages(), new Harbor(), new PlainPush());

    private NotificationReader() {}

    /**
     * Reads a body.
     *
     * @param paths where everything is; empty to recognize the sender
     * @throws BadNotificationException when it is no JSON object in UTF-8, or of no known shape
     */
    public static Notification read(byte[] body, Optional<PushPaths> paths) throws BadNotificationException {
        JsonObject json = parse(text(body));
        if (paths.isPresent()) {
            return new Notification("a registry", paths.get().pushes(json));
        }
        for (Format format : FORMATS) {
            if (format.recognizes(json)) {
                return new Notification(format.sender(), format.pushes(json));
            }
        }
        throw new BadNotificationException("the body is JSON, but of no registry known here: Docker Hub, Docker"
                + " distribution, GitLab, GitHub and Harbor are, and {\"repository\": …, \"tag\": …}; for another, set the"
                + " rule's paths");
    }

    // Private

    private static String text(byte[] body) throws BadNotificationException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadNotificationException("the body is not UTF-8");
        }
    }

    private static JsonObject parse(String text) throws BadNotificationException {
        if (text.isBlank()) {
            throw new BadNotificationException("the body is empty; the registry's notification is expected as JSON");
        }
        if (text.startsWith("payload=")) {
            throw new BadNotificationException(
                    "the body is a form; choose the content type application/json where the webhook is set up");
        }
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement json = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadNotificationException("the body goes on after its JSON");
            }
            if (json instanceof JsonObject object) {
                return object;
            }
            throw new BadNotificationException("the body is JSON, but no object");
        } catch (JsonParseException | IOException e) {
            throw new BadNotificationException("the body is no JSON: " + reason(e));
        }
    }

    /** The parser's first line: where, and what it met there. */
    private static String reason(Exception e) {
        String message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
        String line = message.lines().findFirst().orElse("").replaceFirst("^[a-z.]+\\w+Exception: ", "");
        return Quote.of(line.replace("Use JsonReader.setStrictness(Strictness.LENIENT) to accept ", ""), MAX_REASON);
    }
}
