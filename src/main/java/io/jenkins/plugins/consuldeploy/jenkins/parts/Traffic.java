package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What sends visitors to one color or the other. */
public interface Traffic extends Describable<Traffic>, Part {}
