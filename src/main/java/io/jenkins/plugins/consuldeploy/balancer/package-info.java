/** Load balancers: take a host out, wait until drained, put it back, wait until in service. */
package io.jenkins.plugins.consuldeploy.balancer;
