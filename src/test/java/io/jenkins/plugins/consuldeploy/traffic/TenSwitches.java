package io.jenkins.plugins.consuldeploy.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** What every switch has to do without anybody's noticing. */
final class TenSwitches {

    private static final int ANSWERS_BETWEEN = 500;

    private TenSwitches() {}

    /** From blue, back and forth; after that the load is over. */
    static void underLoad(TrafficSwitch traffic, KeepAliveLoad load, Duration limit) throws InterruptedException {
        awaitAnswers(load, Color.BLUE, limit);
        Color live = Color.BLUE;
        for (int i = 0; i < 10; i++) {
            live = live.other();
            assertThat(traffic.prepare(live, limit)).isEmpty();
            traffic.move(Shares.all(live), limit);
            assertThat(traffic.read().agreed()).contains(Shares.all(live));
            assertThat(traffic.drain(live.other(), limit)).isEmpty();
            awaitAnswers(load, live, limit);
        }
        load.close();
        assertThat(load.failures()).isEmpty();
        assertThat(load.failed()).as("failed").isZero();
        assertThat(load.cutOff()).as("cut off").isZero();
        assertThat(load.answers()).filteredOn(KeepAliveLoad.Answer::slow).hasSizeGreaterThan(20);
    }

    private static void awaitAnswers(KeepAliveLoad load, Color color, Duration limit) {
        int before = load.answered(color);
        await().atMost(limit).until(() -> load.answered(color) >= before + ANSWERS_BETWEEN);
    }
}
