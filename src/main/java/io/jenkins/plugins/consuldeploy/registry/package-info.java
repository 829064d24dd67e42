/**
 * What image registries send when an image was pushed, and what it comes to: which repository, which tag, which digest.
 * Bodies are read strictly, and nothing of them leaves here that is no name, tag or digest.
 */
package io.jenkins.plugins.consuldeploy.registry;
