package io.jenkins.plugins.consuldeploy.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The complete configurations of docs/blue-green, which the tests run. */
public final class Documents {

    private Documents() {}

    public static String read(String file) throws IOException {
        for (String base : List.of("..", ".")) {
            Path path = Path.of(base, "docs", "blue-green", file);
            if (Files.exists(path)) {
                return Files.readString(path);
            }
        }
        throw new IOException("no docs/blue-green/" + file);
    }
}
