/** The two colors, and what sends traffic to one of them: read where it goes, move it, wait until the other is drained. */
package io.jenkins.plugins.consuldeploy.traffic;
