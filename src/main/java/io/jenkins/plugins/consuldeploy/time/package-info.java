/**
 * Time, sleeping and chance as one seam, so that the rules of a release can be tested without waiting for them.
 * Every package may use it; it knows none.
 */
package io.jenkins.plugins.consuldeploy.time;
