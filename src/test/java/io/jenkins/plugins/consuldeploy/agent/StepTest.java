package io.jenkins.plugins.consuldeploy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.consuldeploy.agent.Step.Kind;
import io.jenkins.plugins.consuldeploy.phase.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.Test;

public class StepTest {

    private final Set<String> prepared = new HashSet<>();
    private final List<String> halfDone = new ArrayList<>();
    private final Set<String> failed = new HashSet<>();
    private final Set<String> inUse = new HashSet<>();
    private String running = "";

    @Test
    public void restsWhenThereIsNothingToDo() {
        prepared.addAll(List.of("v1", "v2"));
        running = "v1";

        assertThat(next("v1", "v1", "v2")).isEqualTo(Step.REST);
    }

    @Test
    public void removesNothingWhenNothingIsLeftAtConsul() {
        prepared.addAll(List.of("v1", "v2"));

        assertThat(next("")).as("Consul has lost its data").isEqualTo(Step.REST);
    }

    @Test
    public void preparesWhatIsToRunBeforeTheOthers() {
        assertThat(next("v1", "v3", "v2", "v1")).isEqualTo(step(Kind.PREPARE, "v1"));
    }

    @Test
    public void activatesWhatIsToRunBeforeItPreparesTheOthers() {
        prepared.add("v1");

        assertThat(next("v1", "v3", "v2", "v1")).isEqualTo(step(Kind.ACTIVATE, "v1"));
    }

    @Test
    public void preparesWhatIsRegisteredInItsTurn() {
        prepared.add("v1");
        running = "v1";

        assertThat(next("v1", "v3", "v2", "v1")).isEqualTo(step(Kind.PREPARE, "v3"));
        prepared.add("v3");
        assertThat(next("v1", "v3", "v2", "v1")).isEqualTo(step(Kind.PREPARE, "v2"));
    }

    @Test
    public void removesOnlyAfterEverythingElse() {
        prepared.addAll(List.of("v0", "v1"));
        running = "v1";

        assertThat(next("v1", "v1", "v2")).isEqualTo(step(Kind.PREPARE, "v2"));
        prepared.add("v2");
        assertThat(next("v1", "v1", "v2")).isEqualTo(step(Kind.CLEAN, "v0"));
    }

    @Test
    public void removesWhatIsHalfPreparedAndRegisteredNoMore() {
        halfDone.add("v0");
        prepared.add("v1");

        assertThat(next("", "v1")).isEqualTo(step(Kind.CLEAN, "v0"));
    }

    @Test
    public void removesNothingThatMayRun() {
        prepared.addAll(List.of("v0", "v1", "v2"));
        running = "v1";
        inUse.add("v0");

        assertThat(next("", "v2")).isEqualTo(Step.REST);
    }

    @Test
    public void keepsWhatIsToRunThoughItIsNotRegistered() {
        prepared.add("v1");
        running = "v1";
        prepared.add("v2");

        assertThat(next("v2")).isEqualTo(step(Kind.ACTIVATE, "v2"));
        failed.add("v2");
        assertThat(next("v2")).isEqualTo(Step.REST);
    }

    @Test
    public void leavesAloneWhatHasFailed() {
        failed.add("v1");
        failed.add("v2");

        assertThat(next("v1", "v2", "v1", "v3")).isEqualTo(step(Kind.PREPARE, "v3"));
    }

    private Step next(String effective, String... registered) {
        return Step.next(
                Optional.of(effective).filter(name -> !name.isEmpty()).map(Version::new),
                Stream.of(registered).map(Version::new).toList(),
                new Step.Here() {
                    @Override
                    public List<Version> versions() {
                        return Stream.concat(prepared.stream(), halfDone.stream())
                                .sorted()
                                .map(Version::new)
                                .toList();
                    }

                    @Override
                    public boolean isPrepared(Version version) {
                        return prepared.contains(version.name());
                    }

                    @Override
                    public boolean isRunning(Version version) {
                        return running.equals(version.name());
                    }

                    @Override
                    public boolean isInUse(Version version) {
                        return isRunning(version) || inUse.contains(version.name());
                    }

                    @Override
                    public boolean mayTry(Version version) {
                        return !failed.contains(version.name());
                    }

                    @Override
                    public boolean mayRemove(Version version) {
                        return true;
                    }
                });
    }

    private static Step step(Kind kind, String version) {
        return new Step(kind, Optional.of(new Version(version)));
    }
}
