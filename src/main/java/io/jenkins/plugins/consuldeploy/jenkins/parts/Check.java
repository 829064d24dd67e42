package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What a host has to pass after its update. */
public interface Check extends Describable<Check>, Part {}
