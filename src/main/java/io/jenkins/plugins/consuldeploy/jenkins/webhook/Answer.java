package io.jenkins.plugins.consuldeploy.jenkins.webhook;

/** What a registry is answered: plain text, for whoever looks at its log of deliveries. */
record Answer(int status, String text) {}
