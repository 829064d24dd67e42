/**
 * The one door to Consul: keys with compare-and-set and transactions, sessions and locks, watches, events, catalog and
 * health. Nothing outside this package knows the client library or speaks HTTP to Consul.
 */
package io.jenkins.plugins.consuldeploy.consul;
