package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.consuldeploy.fleet.FleetException;
import io.jenkins.plugins.consuldeploy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** Faults at exact points of a move of three parts. */
public class AllOrNoneTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Shares GREEN = Shares.all(Color.GREEN);
    private static final Shares BLUE = Shares.all(Color.BLUE);

    private final List<String> deeds = new ArrayList<>();
    private final Part one = new Part("one");
    private final Part two = new Part("two");
    private final Part three = new Part("three");
    private final List<Part> all = List.of(one, two, three);

    @Test
    public void onlyThoseThatAreElsewhereAreTold() throws Exception {
        two.shares = GREEN;
        AllOrNone.move(all, GREEN, SOON, TimeSource.system());
        assertThat(deeds).containsExactly("one: all to green", "three: all to green");
        assertThat(AllOrNone.read(all).agreed()).contains(GREEN);
    }

    @Test
    public void oneThatRefusesHasTheOthersMovedBackTheLastOneFirst() {
        three.atMove = () -> {
            throw new FleetException("three said no");
        };
        assertThatThrownBy(() -> AllOrNone.move(all, GREEN, SOON, TimeSource.system()))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("three said no. All are as they were before: one, two, three.");
        assertThat(deeds)
                .containsExactly(
                        "one: all to green",
                        "two: all to green",
                        "three: all to green",
                        "three: back",
                        "two: back",
                        "one: back");
    }

    @Test
    public void oneThatCanNotBeMovedBackIsNamed() {
        three.atMove = () -> {
            throw new FleetException("three said no");
        };
        two.atRestore = () -> {
            throw new FleetException("two is gone");
        };
        assertThatThrownBy(() -> AllOrNone.move(all, GREEN, SOON, TimeSource.system()))
                .hasMessageContaining("three said no. two could NOT be moved back to 'all to blue' (two is gone)");
        assertThat(one.shares).isEqualTo(BLUE);
    }

    @Test
    public void oneThatTakesItAndDoesNotDoItHasAllMovedBack() {
        two.isDeaf = true;
        assertThatThrownBy(() -> AllOrNone.move(all, GREEN, Duration.ofMillis(50), TimeSource.system()))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("two was told to send all to green, took it, and says after")
                .hasMessageContaining("All are as they were before");
        assertThat(List.of(one.shares, two.shares, three.shares)).containsOnly(BLUE);
    }

    @Test
    public void onTheWayBackOneThatRefusesKeepsNoOtherWhereItIs() {
        one.isGone = true;
        two.atMove = () -> {
            throw new FleetException("two said no");
        };
        assertThatThrownBy(() -> AllOrNone.moveBack(all, Color.GREEN, SOON, TimeSource.system()))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("one is gone; two said no. It is all to green at three");
        assertThat(deeds).containsExactly("two: all to green", "three: all to green");
        assertThat(three.shares).isEqualTo(GREEN);
    }

    @Test
    public void onTheWayBackOneThatDoesNotDoItHasNoOtherTakenBack() {
        two.isDeaf = true;
        assertThatThrownBy(() -> AllOrNone.moveBack(all, Color.GREEN, Duration.ofMillis(50), TimeSource.system()))
                .hasMessageContaining("two was told to send all to green, took it, and says after");
        assertThat(List.of(one.shares, two.shares, three.shares)).containsExactly(GREEN, BLUE, GREEN);
    }

    @Test
    public void anInterruptBetweenPartsTakesBackWhatWasMoved() {
        two.atMove = () -> {
            throw new InterruptedException("now");
        };
        assertThatThrownBy(() -> AllOrNone.move(all, GREEN, SOON, TimeSource.system()))
                .isInstanceOf(InterruptedException.class)
                .hasMessageContaining("It was not moved");
        assertThat(List.of(one.shares, two.shares, three.shares)).containsOnly(BLUE);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    public void anInterruptAfterAllWereToldLeavesThemSo() {
        three.atMove = () -> Thread.currentThread().interrupt();
        two.isDeaf = true;
        assertThatThrownBy(() -> AllOrNone.move(all, GREEN, SOON, TimeSource.system()))
                .isInstanceOf(InterruptedException.class)
                .hasMessageContaining("It was moved");
        assertThat(three.shares).isEqualTo(GREEN);
    }

    @Test
    public void weightsKeepTheProportionOfTheirSums() {
        for (int percent : new int[] {1, 7, 33, 50, 99}) {
            for (List<Integer> green : List.of(List.of(1), List.of(1, 1, 1, 1, 1, 1, 1), List.of(10, 0, 30))) {
                var weights = Weights.of(
                        Shares.giving(Color.GREEN, percent),
                        java.util.Map.of(Color.BLUE, List.of(5, 5), Color.GREEN, green));
                assertThat(weights.get(Color.GREEN)).allMatch(weight -> weight >= 0 && weight <= Weights.HIGHEST);
                assertThat(Weights.shares(
                                weights.get(Color.BLUE).stream()
                                        .mapToInt(Integer::intValue)
                                        .sum(),
                                weights.get(Color.GREEN).stream()
                                        .mapToInt(Integer::intValue)
                                        .sum()))
                        .isEqualTo(Shares.giving(Color.GREEN, percent));
            }
        }
    }

    private interface Fault {
        void happen() throws InterruptedException;
    }

    private final class Part implements AllOrNone.Part {
        private final String name;
        private Shares shares = BLUE;
        private Fault atMove = () -> {};
        private Fault atRestore = () -> {};
        private boolean isDeaf;
        private boolean isGone;

        Part(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public AllOrNone.Held hold() {
            if (isGone) {
                throw new FleetException(name + " is gone");
            }
            Shares before = shares;
            return new AllOrNone.Held() {
                @Override
                public Shares shares() {
                    return before;
                }

                @Override
                public void move(Shares to) throws InterruptedException {
                    deeds.add(name + ": " + to);
                    atMove.happen();
                    if (!isDeaf) {
                        shares = to;
                    }
                }

                @Override
                public void restore() throws InterruptedException {
                    deeds.add(name + ": back");
                    atRestore.happen();
                    shares = before;
                }
            };
        }
    }
}
