/** Programs that are run: their output, their end, and what they have started. */
package io.jenkins.plugins.consuldeploy.process;
