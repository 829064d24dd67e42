package io.jenkins.plugins.consuldeploy.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class KeyValueTest {

    private static final List<String> STRANGE_NAMES = List.of(
            "a space",
            "100%",
            "%2F",
            "what?",
            "a#b",
            "a+b",
            "a&b=c",
            "ünïcödé-日本語-🚀",
            "semi;colon",
            "quote\"s'",
            "back\\slash",
            "(*!~'),@:$",
            "dots..in..it",
            "~tilde|pipe^");

    private final String prefix = ConsulProcess.uniquePrefix("kv") + "/";
    private Consul consul;
    private KeyValue kv;

    @Before
    public void connect() {
        consul = ConsulProcess.shared().client();
        kv = consul.kv();
    }

    @After
    public void disconnect() {
        kv.deleteTree(prefix);
        consul.close();
    }

    @Test
    public void aKeyThatWasPutIsRead() {
        kv.put(prefix + "a", "one");

        KvEntry entry = kv.get(prefix + "a").orElseThrow();

        assertThat(entry.key()).isEqualTo(prefix + "a");
        assertThat(entry.name()).isEqualTo("a");
        assertThat(entry.value()).isEqualTo("one");
        assertThat(entry.flags()).isZero();
        assertThat(entry.session()).isEmpty();
        assertThat(entry.modifyIndex()).isEqualTo(entry.createIndex()).isPositive();
    }

    @Test
    public void anAbsentKeyIsEmptyAndHasAnIndexToWaitFrom() {
        assertThat(kv.get(prefix + "none")).isEmpty();
        assertThat(kv.get(prefix + "none", BlockingQuery.NOW).index()).isPositive();
        assertThat(kv.list(prefix)).isEmpty();
        assertThat(kv.children(prefix, BlockingQuery.NOW).value()).isEmpty();
    }

    @Test
    public void aSecondPutMovesTheModifyIndexAlone() {
        kv.put(prefix + "a", "one");
        KvEntry first = kv.get(prefix + "a").orElseThrow();
        kv.put(prefix + "a", "two");
        KvEntry second = kv.get(prefix + "a").orElseThrow();

        assertThat(second.value()).isEqualTo("two");
        assertThat(second.createIndex()).isEqualTo(first.createIndex());
        assertThat(second.modifyIndex()).isGreaterThan(first.modifyIndex());
    }

    @Test
    public void everyNameIsOneKeyAndReachesNoOther() {
        for (String name : STRANGE_NAMES) {
            kv.put(prefix + name, "value of " + name);
        }
        for (String name : STRANGE_NAMES) {
            assertThat(kv.get(prefix + name).map(KvEntry::value)).as(name).contains("value of " + name);
        }
        assertThat(kv.list(prefix)).extracting(KvEntry::name).containsExactlyInAnyOrderElementsOf(STRANGE_NAMES);
        assertThat(kv.children(prefix, BlockingQuery.NOW).value()).containsExactlyInAnyOrderElementsOf(STRANGE_NAMES);
        for (String name : STRANGE_NAMES) {
            kv.delete(prefix + name);
            assertThat(kv.get(prefix + name)).as(name).isEmpty();
        }
    }

    @Test
    public void aPercentEncodedSlashIsNoSlash() {
        kv.put(prefix + "api%2Fversion/lock", "encoded");
        kv.put(prefix + "api/version/lock", "plain");

        assertThat(kv.get(prefix + "api%2Fversion/lock").orElseThrow().value()).isEqualTo("encoded");
        assertThat(kv.get(prefix + "api/version/lock").orElseThrow().value()).isEqualTo("plain");
        assertThat(kv.children(prefix, BlockingQuery.NOW).value()).containsExactlyInAnyOrder("api%2Fversion/", "api/");
    }

    @Test
    public void aFolderIsAKeyWithASlashAtItsEnd() {
        kv.put(prefix + "v1/", "");
        kv.put(prefix + "v1/n1", "ready");

        KvEntry folder = kv.get(prefix + "v1/").orElseThrow();

        assertThat(folder.name()).isEmpty();
        assertThat(folder.value()).isEmpty();
        assertThat(kv.get(prefix + "v1")).isEmpty();
        assertThat(kv.children(prefix, BlockingQuery.NOW).value()).containsExactly("v1/");
    }

    @Test
    public void valuesKeepTheirBytes() {
        String everyCharacterOfAByte = bytes(0, 255);
        for (String value :
                List.of("", " ", "line\nline\r\n\t\0", "日本語 🚀", "\"quoted\" {json}", everyCharacterOfAByte)) {
            kv.put(prefix + "value", value);
            assertThat(kv.get(prefix + "value").orElseThrow().value()).isEqualTo(value);
        }
    }

    @Test
    public void aLongValueIsReadWhole() {
        String long500k = "0123456789abcdef".repeat(32_000 - 1);
        kv.put(prefix + "long", long500k);
        assertThat(kv.get(prefix + "long").orElseThrow().value()).isEqualTo(long500k);
    }

    @Test
    public void aValueThatConsulDoesNotTakeIsRefusedInItsWords() {
        assertThatThrownBy(() -> kv.put(prefix + "long", "x".repeat(600_000)))
                .isInstanceOf(ConsulException.Refused.class)
                .hasMessageContaining("write the key " + prefix + "long")
                .hasMessageContaining("HTTP 413");
    }

    @Test
    public void aListIsOfWhatIsBelowThePrefixAlone() {
        kv.put(prefix + "v1/n1", "ready");
        kv.put(prefix + "v1/n2", "busy");
        kv.put(prefix + "v10/n3", "ready");

        assertThat(kv.list(prefix + "v1/")).extracting(KvEntry::name).containsExactly("n1", "n2");
        assertThat(kv.list(prefix + "v1")).extracting(KvEntry::name).containsExactly("n1", "n2", "n3");
    }

    @Test
    public void childrenAreKeysAndFoldersWithTheirSlash() {
        kv.put(prefix + "current", "v1");
        kv.put(prefix + "v1/n1", "ready");
        kv.put(prefix + "v1/n2", "ready");
        kv.put(prefix + "v2/", "");

        assertThat(kv.children(prefix, BlockingQuery.NOW).value()).containsExactly("current", "v1/", "v2/");
    }

    @Test
    public void compareAndSetHoldsOnlyForTheIndexThatWasRead() {
        assertThat(kv.putIfUnchanged(prefix + "a", "created", 0)).isTrue();
        assertThat(kv.putIfUnchanged(prefix + "a", "created again", 0)).isFalse();
        long index = kv.get(prefix + "a").orElseThrow().modifyIndex();
        assertThat(kv.putIfUnchanged(prefix + "a", "second", index)).isTrue();
        assertThat(kv.putIfUnchanged(prefix + "a", "third", index)).isFalse();

        assertThat(kv.get(prefix + "a").orElseThrow().value()).isEqualTo("second");
    }

    @Test
    public void deletingWhatIsNotThereIsNoError() {
        kv.delete(prefix + "none");
        kv.deleteTree(prefix + "none/");
    }

    @Test
    public void deletingATreeLeavesItsNeighbours() {
        kv.put(prefix + "v1/n1", "ready");
        kv.put(prefix + "v1/deep/er", "x");
        kv.put(prefix + "v10/n1", "ready");

        kv.deleteTree(prefix + "v1/");

        assertThat(kv.list(prefix)).extracting(KvEntry::key).containsExactly(prefix + "v10/n1");
    }

    @Test
    public void aBlockingQueryIsAnsweredWhenTheKeyChanges() {
        kv.put(prefix + "a", "one");
        Snapshot<Optional<KvEntry>> first = kv.get(prefix + "a", BlockingQuery.NOW);
        kv.put(prefix + "a", "two");

        Snapshot<Optional<KvEntry>> second =
                kv.get(prefix + "a", new BlockingQuery(first.index(), Duration.ofMinutes(1)));

        assertThat(second.value().orElseThrow().value()).isEqualTo("two");
        assertThat(second.index()).isGreaterThan(first.index());
    }

    @Test
    public void aBlockingQueryEndsWithTheSameWhenItsWaitIsOver() {
        kv.put(prefix + "a", "one");
        Snapshot<Optional<KvEntry>> first = kv.get(prefix + "a", BlockingQuery.NOW);

        Snapshot<Optional<KvEntry>> second =
                kv.get(prefix + "a", new BlockingQuery(first.index(), Duration.ofMillis(50)));

        assertThat(second.value()).isEqualTo(first.value());
    }

    @Test
    public void keysThatHttpWouldBendAreRefusedBeforeAnotherKeyIsTouched() {
        kv.put(prefix + "b", "untouched");
        for (String key : List.of(
                "/" + prefix + "b", prefix + "/b", prefix + "a/../b", prefix + "./b", prefix + "a/..", prefix + ".")) {
            assertThatThrownBy(() -> kv.put(key, "x"))
                    .as(key)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("key '" + key + "'");
            assertThatThrownBy(() -> kv.get(key)).as(key).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(kv.list(prefix)).extracting(KvEntry::value).containsExactly("untouched");
    }

    @Test
    public void anEmptyKeyIsRefused() {
        assertThatThrownBy(() -> kv.put("", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kv.delete("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kv.deleteTree(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("everything");
    }

    private static String bytes(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i <= to; i++) {
            text.append((char) i);
        }
        return text.toString();
    }
}
