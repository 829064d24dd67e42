/** One event of a release, many channels: log, Slack-style webhook, signed generic webhook, mail. Knows none of the others. */
package io.jenkins.plugins.consuldeploy.notify;
