package io.jenkins.plugins.consuldeploy.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a command runs.
 *
 * @param env      the environment variables
 * @param terminal finds out whether {@code out} goes to one that a table can be redrawn on; asked only where it matters
 */
record Shell(PrintStream out, PrintStream err, Map<String, String> env, Supplier<Optional<Terminal>> terminal) {}
