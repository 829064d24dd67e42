/**
 * The words in which a release is written: the same in a YAML file, in a Jenkinsfile's step and in a release's record,
 * so that what was started in one place can be gone on with in another. From words to the parts that an engine runs.
 */
package io.jenkins.plugins.consuldeploy.spec;
