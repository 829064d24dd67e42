/** The channels of the global configuration: to whom releases tell what becomes of them. */
package io.jenkins.plugins.consuldeploy.jenkins.channels;
