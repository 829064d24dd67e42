/**
 * The switch between two colors: the idle one gets the new version and is proved, then traffic moves to it, watched, with
 * a way back; as a state machine whose every transition is on record before the act and after.
 */
package io.jenkins.plugins.consuldeploy.bluegreen;
