package io.jenkins.plugins.consuldeploy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import org.junit.Test;

public class JsonPathTest {

    private static final String BODY = "{\"a\": {\"b-c\": [\"x\", {\"d e\": 7}]}, \"n\": null, \"t\": true}";

    @Test
    public void itNamesOnePlace() throws Exception {
        assertThat(at("$.a.b-c[0]")).isEqualTo("x");
        assertThat(at("$['a'][\"b-c\"][1]['d e']")).isEqualTo("7");
        assertThat(at("$.t")).isEqualTo("true");
        assertThat(at("$.n")).isEqualTo("nothing");
        assertThat(at("$.a.b-c[2]")).isEqualTo("nothing");
        assertThat(at("$.a[0]")).isEqualTo("nothing");
        assertThat(at("$.t.x")).isEqualTo("nothing");
    }

    @Test
    public void whatIsNoPathSaysWhere() {
        assertThatThrownBy(() -> JsonPath.parse("a.b")).hasMessageContaining("begins with '$'");
        assertThatThrownBy(() -> JsonPath.parse("$")).hasMessageContaining("the whole document");
        assertThatThrownBy(() -> JsonPath.parse("$.a[*]")).hasMessageContaining("can't be read from '[*]'");
        assertThatThrownBy(() -> JsonPath.parse("$..a")).hasMessageContaining("can't be read from '..a'");
    }

    private static String at(String path) throws Exception {
        return JsonPath.parse(path).text(JsonParser.parseString(BODY)).orElse("nothing");
    }
}
