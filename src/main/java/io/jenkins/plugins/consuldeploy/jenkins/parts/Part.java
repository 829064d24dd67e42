package io.jenkins.plugins.consuldeploy.jenkins.parts;

import java.util.Map;

/** A part of a release. */
public interface Part {

    /**
     * What its fields say, in the words of a release: one key, its kind. They are copied as they are given; whether they
     * make sense is for whoever reads them.
     */
    Map<String, Object> words();
}
