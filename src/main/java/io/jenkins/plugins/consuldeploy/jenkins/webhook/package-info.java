/** From an image registry's webhook to a deployment: rules, the address that receives, what it starts, what it remembers. */
package io.jenkins.plugins.consuldeploy.jenkins.webhook;
