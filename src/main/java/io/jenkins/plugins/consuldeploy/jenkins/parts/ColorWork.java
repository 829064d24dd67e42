package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What is done to a color: it is deployed, verified, or stopped. */
public interface ColorWork extends Describable<ColorWork>, Part {}
