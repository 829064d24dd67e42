package io.jenkins.plugins.consuldeploy.jenkins.parts;

import hudson.model.Describable;

/** A load balancer that hosts are taken out of. */
public interface Balancer extends Describable<Balancer>, Part {}
