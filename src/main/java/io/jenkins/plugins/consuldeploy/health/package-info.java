/** Checks of one host: HTTP, TCP, Consul's own health checks, a command. */
package io.jenkins.plugins.consuldeploy.health;
