/**
 * The three-phase protocol: every node prepares a version, when all are ready it is committed in one transaction, every
 * node is seen to run it. The tree's layout, the nodes' states, and the deployer's side of prepare, commit, confirm,
 * clean and rollback; the node's side is the agent's.
 */
package io.jenkins.plugins.consuldeploy.phase;
