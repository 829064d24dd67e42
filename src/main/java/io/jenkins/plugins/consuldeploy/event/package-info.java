/** Consul's user events as a way to deploy: fired at the nodes that match, and answered where they can be. */
package io.jenkins.plugins.consuldeploy.event;
