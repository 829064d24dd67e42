package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** What changes a host while it is out of service. */
public interface HostUpdate extends Describable<HostUpdate>, Part {}
