/**
 * The rolling release: one batch of hosts at a time out of its load balancers, updated, checked, put back, as a state
 * machine whose every transition is on record before the act and after.
 */
package io.jenkins.plugins.consuldeploy.rolling;
