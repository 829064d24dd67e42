package io.jenkins.plugins.consuldeploy.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a terminal shows in the end, after all that was drawn and drawn over. */
final class Screen {

    private static final Pattern ESCAPE = Pattern.compile("\u001b\\[(\\??\\d*)([A-Za-z])");

    private Screen() {}

    /** Plays the few sequences that are used: cursor up, clear below. */
    static List<String> after(ByteArrayOutputStream bytes) {
        List<String> lines = new ArrayList<>(List.of(""));
        int row = 0;
        String text = bytes.toString(StandardCharsets.UTF_8);
        Matcher escape = ESCAPE.matcher(text);
        for (int i = 0; i < text.length(); ) {
            if (text.charAt(i) == '\u001b' && escape.find(i)) {
                if (escape.group(2).equals("A")) {
                    row -= Integer.parseInt(escape.group(1));
                } else if (escape.group(2).equals("J")) {
                    lines.subList(row, lines.size()).clear();
                    lines.add("");
                }
                i = escape.end();
            } else if (text.charAt(i) == '\n') {
                row++;
                if (row == lines.size()) {
                    lines.add("");
                }
                i++;
            } else {
                if (text.charAt(i) != '\r') {
                    lines.set(row, lines.get(row) + text.charAt(i));
                }
                i++;
            }
        }
        lines.remove(lines.size() - 1);
        return lines;
    }
}
