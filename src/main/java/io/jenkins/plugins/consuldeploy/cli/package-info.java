/**
 * The command line: {@code java -jar consul-deploy.jar COMMAND}. A command reads its options into an argument record,
 * calls the rooms below, and says what came of it; nothing is decided here.
 */
package io.jenkins.plugins.consuldeploy.cli;
