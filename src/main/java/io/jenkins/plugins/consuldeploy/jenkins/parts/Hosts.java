package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** Where the hosts of a release come from. */
public interface Hosts extends Describable<Hosts>, Part {}
