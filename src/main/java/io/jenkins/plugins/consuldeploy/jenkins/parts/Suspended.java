package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What is kept still around a release. */
public interface Suspended extends Describable<Suspended>, Part {}
