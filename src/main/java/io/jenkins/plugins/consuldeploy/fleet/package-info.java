/** Hosts and where they come from, and what is suspended around a release. */
package io.jenkins.plugins.consuldeploy.fleet;
