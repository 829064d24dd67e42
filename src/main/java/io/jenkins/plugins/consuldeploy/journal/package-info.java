/**
 * A release's durable record in Consul, and its lock. What a release of hosts and a switch of colors share: a head, one
 * small record for each host, and the rule that each is written behind the lock's fence and only over what was read.
 */
package io.jenkins.plugins.consuldeploy.journal;
