package io.jenkins.plugins.consuldeploy.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One dash does as well as two, as with programs that are written in Go: Consul's own command line and Depro's tools
 * have {@code -prefix api/version} and {@code -prefix=api/version}.
 */
final class Dashes {

    private Dashes() {}

    /** The words with two dashes in front of each option of {@code spec} that has one; after {@code --} as they are. */
    static String[] doubled(List<String> args, CommandSpec spec) {
        String[] result = args.toArray(String[]::new);
        for (int i = 0; i < result.length && !result[i].equals("--"); i++) {
            String name = result[i].split("=", 2)[0];
            if (name.startsWith("-")
                    && !name.startsWith("--")
                    && spec.optionsMap().containsKey("-" + name)) {
                result[i] = "-" + result[i];
            }
        }
        return result;
    }
}
