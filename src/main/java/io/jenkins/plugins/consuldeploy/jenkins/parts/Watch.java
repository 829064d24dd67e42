package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What is looked at while traffic moves and afterwards. */
public interface Watch extends Describable<Watch>, Part {}
