/**
 * The process on a target host: it prepares every version that is registered below its prefixes, runs the one that is
 * current or pinned, and says in Consul how far it is. The deployer's side of the same protocol is in
 * {@link io.jenkins.plugins.consuldeploy.phase}.
 */
package io.jenkins.plugins.consuldeploy.agent;
