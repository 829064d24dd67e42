package io.jenkins.plugins.consuldeploy.traffic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Percent of two colors, and the whole numbers that balancers want for it. */
final class Weights {

    /** HAProxy's highest. */
    static final int HIGHEST = 256;

    private static final int ALL = 100;

    private Weights() {}

    /** What two sums of weights come to. A color that gets anything has at least 1%. */
    static Shares shares(long blue, long green) {
        if (blue == 0 && green == 0) {
            return Shares.NONE;
        }
        long rounded = Math.round((double) ALL * blue / (blue + green));
        long percent = blue == 0 ? 0 : green == 0 ? ALL : Math.max(1, Math.min(ALL - 1, rounded));
        return Shares.giving(Color.BLUE, (int) percent);
    }

    /**
     * Weights from 0 to {@value #HIGHEST} for each color's servers, which {@link #shares} reads as this again.
     *
     * @param within how the servers of a color share its part: numbers of which one is above 0
     */
    static Map<Color, List<Integer>> of(Shares to, Map<Color, List<Integer>> within) {
        double scale = Double.MAX_VALUE;
        for (Color color : Color.values()) {
            if (to.of(color) > 0) {
                List<Integer> parts = within.get(color);
                int highest = parts.stream().mapToInt(Integer::intValue).max().orElseThrow();
                int all = parts.stream().mapToInt(Integer::intValue).sum();
                scale = Math.min(scale, (double) HIGHEST * all / highest / to.of(color));
            }
        }
        Map<Color, List<Integer>> weights = new EnumMap<>(Color.class);
        for (Color color : Color.values()) {
            int total = to.of(color) == 0 ? 0 : (int) Math.max(1, Math.floor(scale * to.of(color) + 1e-9));
            weights.put(color, split(total, within.get(color)));
        }
        return weights;
    }

    // Private

    /** By the largest remainder. */
    private static List<Integer> split(int total, List<Integer> parts) {
        int all = parts.stream().mapToInt(Integer::intValue).sum();
        List<Integer> split = new ArrayList<>();
        for (int part : parts) {
            split.add((int) ((long) total * part / all));
        }
        int left = total - split.stream().mapToInt(Integer::intValue).sum();
        IntStream.range(0, parts.size())
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -((long) total * parts.get(i) % all)))
                .limit(left)
                .forEach(i -> split.set(i, split.get(i) + 1));
        return split;
    }
}
