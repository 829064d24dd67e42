/**
 * The parts of a release as forms and as the functions of a Jenkinsfile: hosts, load balancers, checks, updates, what is
 * suspended. Each says itself in the words of {@code spec}, which reads them; a field is checked by the same reading.
 */
package io.jenkins.plugins.consuldeploy.jenkins.parts;
