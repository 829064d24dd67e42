package io.jenkins.plugins.consuldeploy.agent;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.File;
import java.io.FileFilter;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of a configuration.
 *
 * @param fields   its JSON object
 * @param trailing whether something follows the object, which Depro's programs do not look at either
 */
record ConfigFile(String name, Fields fields, boolean trailing) {

    /** The files that are named, and for a directory every {@code *.json} right in it, by name. */
    static List<ConfigFile> read(List<Path> filesAndDirectories) {
        List<ConfigFile> files = new ArrayList<>();
        for (Path path : filesAndDirectories) {
            File file = path.toFile();
            if (file.isDirectory()) {
                for (File one : inside(file)) {
                    files.add(read(one));
                }
            } else {
                files.add(read(file));
            }
        }
        return files;
    }

    // Private

    private static File[] inside(File directory) {
        FileFilter json = file -> file.getName().endsWith(".json") && file.isFile();
        File[] found = directory.listFiles(json);
        if (found == null) {
            throw new BadInputException(
                    "configuration", directory.getPath(), "the directory can't be read; look at its permissions");
        }
        if (found.length == 0) {
            throw new BadInputException(
                    "configuration", directory.getPath(), "no file in this directory has a name that ends in .json");
        }
        Arrays.sort(found, Comparator.comparing(File::getName));
        return found;
    }

    private static ConfigFile read(File file) {
        String name = file.getPath();
        if (!file.exists()) {
            throw new BadInputException(
                    "configuration", name, "there is no such file; give a .json file or a directory of them");
        }
        try (Reader text = new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8);
                JsonReader json = new JsonReader(text)) {
            json.setStrictness(Strictness.STRICT);
            JsonElement content = JsonParser.parseReader(json);
            if (!content.isJsonObject()) {
                throw new BadInputException(name, "there is no JSON object in it; accepted is {\"name\": …}");
            }
            return new ConfigFile(name, new Fields(name, content.getAsJsonObject()), hasMore(json));
        } catch (JsonParseException e) {
            throw notJson(name, e);
        } catch (IOException e) {
            throw new BadInputException("configuration", name, "it can't be read: " + e.getMessage());
        }
    }

    private static boolean hasMore(JsonReader json) throws IOException {
        try {
            return json.peek() != JsonToken.END_DOCUMENT;
        } catch (com.google.gson.stream.MalformedJsonException e) {
            return true;
        }
    }

    private static BadInputException notJson(String name, JsonParseException e) {
        String said = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        Matcher place = Place.IN_MESSAGE.matcher(said);
        if (!place.find()) {
            return new BadInputException(name, "this is not JSON: " + said);
        }
        String what = said.substring(0, place.start());
        return new BadInputException(
                name + ", line " + place.group(1) + ", column " + place.group(2),
                "this is not JSON: "
                        + (what.contains("setStrictness")
                                ? "something is missing before this place, or does not belong there"
                                : what)
                        + ", in "
                        + place.group(3)
                                .replaceFirst("^\\$\\.?$", "the outermost object")
                                .replaceFirst("^\\$\\.", ""));
    }

    /** Compiled only when there is an error to report: an agent has no use for it otherwise. */
    private static final class Place {
        /** How gson ends its messages. */
        static final Pattern IN_MESSAGE = Pattern.compile(" at line (\\d+) column (\\d+) path (\\S+)");
    }
}
