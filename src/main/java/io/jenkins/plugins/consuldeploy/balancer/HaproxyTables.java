package io.jenkins.plugins.consuldeploy.balancer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * HAProxy's two tables of servers, read by the names of their columns: versions add columns, and may move them.
 *
 * <p>"show servers state" has a server's administrative state, which "show stat" hides behind DOWN; "show stat" has its
 * sessions.
 */
final class HaproxyTables {

    private static final String STATES_HEADER = "# be_id ";
    private static final String STATS_HEADER = "# pxname,";

    private HaproxyTables() {}

    /** The command that brings both tables: of one backend, or of all. */
    static String command(Optional<String> backend) {
        return "show servers state" + backend.map(name -> " " + name).orElse("") + ";show stat " + backend.orElse("-1")
                + " 4 -1";
    }

    /**
     * Puts the tables together.
     *
     * @throws NoSuchElementException naming what the answer lacks
     */
    static List<HaproxyServer> parse(String answer) {
        int states = answer.indexOf(STATES_HEADER);
        int stats = answer.indexOf(STATS_HEADER);
        if (states < 0 || stats < states) {
            throw new NoSuchElementException("no table of servers");
        }
        Table counters = Table.of(csv(answer.substring(stats + 2)));
        Map<String, List<String>> byPath = new HashMap<>();
        for (List<String> row : counters.rows()) {
            byPath.put(counters.text(row, "pxname") + "/" + counters.text(row, "svname"), row);
        }
        Table table = Table.of(words(answer.substring(states + 2, stats)));
        List<HaproxyServer> servers = new ArrayList<>();
        for (List<String> row : table.rows()) {
            String backend = table.text(row, "be_name");
            String name = table.text(row, "srv_name");
            List<String> counted = byPath.get(backend + "/" + name);
            if (counted != null) { // else it came or went between the two
                servers.add(new HaproxyServer(
                        backend,
                        name,
                        table.text(row, "srv_addr"),
                        table.has("srv_fqdn") ? table.text(row, "srv_fqdn") : "-",
                        (int) table.number(row, "srv_port"),
                        (int) table.number(row, "srv_op_state"),
                        (int) table.number(row, "srv_admin_state"),
                        (int) table.number(row, "srv_uweight"),
                        (int) table.number(row, "srv_iweight"),
                        counters.number(counted, "scur"),
                        counters.number(counted, "qcur"),
                        counters.number(counted, "bck") > 0));
            }
        }
        return List.copyOf(servers);
    }

    // Private

    private record Table(Map<String, Integer> columns, List<List<String>> rows) {

        /** The first line has the columns' names. */
        static Table of(List<List<String>> lines) {
            Map<String, Integer> columns = new HashMap<>();
            List<String> header = lines.get(0);
            for (int i = 0; i < header.size(); i++) {
                columns.put(header.get(i), i);
            }
            return new Table(columns, lines.subList(1, lines.size()));
        }

        boolean has(String column) {
            return columns.containsKey(column);
        }

        String text(List<String> row, String column) {
            int index = columns.getOrDefault(column, row.size());
            if (index >= row.size()) {
                throw new NoSuchElementException("no column " + column);
            }
            return row.get(index);
        }

        long number(List<String> row, String column) {
            String text = text(row, column);
            try {
                return text.isEmpty() ? 0 : Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw (NoSuchElementException)
                        new NoSuchElementException("'" + text + "' for a number in the column " + column).initCause(e);
            }
        }
    }

    /** Up to the first empty line. */
    private static List<List<String>> words(String text) {
        return text.lines()
                .takeWhile(line -> !line.isBlank())
                .map(line -> List.of(line.split(" ")))
                .toList();
    }

    /** A field in quotes may have commas, doubled quotes and line breaks: what a server said to a health check. */
    private static List<List<String>> csv(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                line.add(field.toString());
                field.setLength(0);
            } else if (c == '\n' && !quoted) {
                if (line.isEmpty()) { // the end of the table
                    return lines;
                }
                line.add(field.toString());
                field.setLength(0);
                lines.add(line);
                line = new ArrayList<>(line.size());
            } else {
                field.append(c);
            }
        }
        return lines;
    }
}
