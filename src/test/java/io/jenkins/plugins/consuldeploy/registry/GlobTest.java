package io.jenkins.plugins.consuldeploy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.Test;

public class GlobTest {

    @Test
    public void aStarIsAnyTextOfOneSegment() {
        assertThat(new Glob("release-*").matches("release-20230103")).isTrue();
        assertThat(new Glob("release-*").matches("release-")).isTrue();
        assertThat(new Glob("release-*").matches("prerelease-1")).isFalse();
        assertThat(new Glob("acme/*").matches("acme/web")).isTrue();
        assertThat(new Glob("acme/*").matches("acme/web/admin")).isFalse();
        assertThat(new Glob("v*.*.0").matches("v1.22.0")).isTrue();
        assertThat(new Glob("v*.*.0").matches("v1.22.1")).isFalse();
    }

    @Test
    public void twoStarsCrossSlashes() {
        assertThat(new Glob("**").matches("a/b/c")).isTrue();
        assertThat(new Glob("acme/**").matches("acme/web/admin")).isTrue();
        assertThat(new Glob("**/web").matches("a/b/web")).isTrue();
        assertThat(new Glob("**/web").matches("web")).isFalse();
    }

    @Test
    public void everythingElseIsItself() {
        assertThat(new Glob("v1.0").matches("v1x0")).isFalse();
        assertThat(new Glob("v?.0").matches("v1.0")).isTrue();
        assertThat(new Glob("a?b").matches("a/b")).isFalse();
        assertThat(new Glob("[ab]").matches("a")).isFalse();
        assertThat(new Glob("Web").matches("web")).isFalse();
        assertThat(new Glob("web").matches("webs")).isFalse();
    }

    @Test
    public void aHostilePatternTakesNoLonger() {
        assertThat(new Glob("*a".repeat(127)).matches("a".repeat(254) + "b")).isFalse();
    }

    @Test
    public void anEmptyOrEndlessPatternIsNone() {
        assertThatThrownBy(() -> new Glob("")).hasMessageContaining("1 to 255");
        assertThatThrownBy(() -> new Glob("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }
}
