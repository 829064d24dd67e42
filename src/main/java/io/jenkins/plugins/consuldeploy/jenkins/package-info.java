/**
 * The plugin's face in Jenkins: steps, freestyle builders, the configuration of servers. Translation only; what is
 * translated is done below.
 */
package io.jenkins.plugins.consuldeploy.jenkins;
