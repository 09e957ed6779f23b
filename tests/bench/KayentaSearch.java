// SPDX-License-Identifier: GPL-3.0-or-later
// Interval and estimate of a shift as Kayenta's judge computes them: for every shift that the root search tries, the two samples
// are joined, sorted and ranked anew, and ties are counted in a hash map. A worker for the benchmark: it reads
//   load FILE PAIRS N     pairs of samples of N doubles a side, little-endian, all of x before all of y
//   run COUNT             judges the next COUNT pairs, in turn, and answers with the seconds
//   show COUNT            answers with lower, upper and estimate of the first COUNT pairs
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

public class KayentaSearch {
    static final double REACH = 2.326347874040841, TOLERANCE = 1e-4, EPSILON = Math.ulp(1.0);
    static final int MOST_ROUNDS = 1001;

    record Value(double number, int place) {}

    final double[] x, y;

    KayentaSearch(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    /** The standardised rank sum of x - shift, less the quantile. */
    double statistic(double shift, double quantile) {
        int m = x.length, n = y.length;
        double[] joined = new double[m + n];
        for (int i = 0; i < m; i++) joined[i] = x[i] - shift;
        System.arraycopy(y, 0, joined, m, n);
        double[] ranks = ranks(joined);
        double sum = 0;
        for (int i = 0; i < m; i++) sum += ranks[i];
        Map<Double, Integer> groups = new HashMap<>();
        for (double value : joined) groups.merge(value, 1, Integer::sum);
        double ties = 0;
        for (int size : groups.values()) ties += Math.pow(size, 3) - size;
        double distance = sum - (double) m * (m + 1) / 2 - (double) m * n / 2;
        double sigma = Math.sqrt((double) m * n / 12 * (m + n + 1 - ties / ((double) (m + n) * (m + n - 1))));
        return (distance - 0.5 * Math.signum(distance)) / sigma - quantile;
    }

    /** Ranks from 1, ties at their average. */
    static double[] ranks(double[] values) {
        Value[] order = new Value[values.length];
        for (int i = 0; i < order.length; i++) order[i] = new Value(values[i], i);
        Arrays.sort(order, (a, b) -> Double.compare(a.number, b.number));
        double[] ret = new double[values.length];
        for (int from = 0, to; from < order.length; from = to) {
            for (to = from + 1; to < order.length && order[to].number == order[from].number; to++) {}
            for (int i = from; i < to; i++) ret[order[i].place] = (from + 1 + to) / 2.0;
        }
        return ret;
    }

    /** Brent's search (zeroin) for the shift at which the statistic meets the quantile. */
    double root(double quantile, double low, double high) {
        double a = low, b = high, fa = statistic(a, quantile), fb = statistic(b, quantile), c = a, fc = fa;
        if (fa == 0) return a;
        for (int round = 0; round < MOST_ROUNDS && fb != 0; round++) {
            double previous = b - a;
            if (Math.abs(fc) < Math.abs(fb)) {
                a = b;
                b = c;
                c = a;
                fa = fb;
                fb = fc;
                fc = fa;
            }
            double tolerance = 2 * EPSILON * Math.abs(b) + TOLERANCE / 2, step = (c - b) / 2;
            if (Math.abs(step) <= tolerance || fb == 0) return b;
            if (Math.abs(previous) >= tolerance && Math.abs(fa) > Math.abs(fb)) {
                double p, q, width = c - b;
                if (a == c) {
                    double t = fb / fa;
                    p = width * t;
                    q = 1 - t;
                } else {
                    double t = fb / fc, u = fb / fa;
                    q = fa / fc;
                    p = u * (width * q * (q - t) - (b - a) * (t - 1));
                    q = (q - 1) * (t - 1) * (u - 1);
                }
                if (p > 0) q = -q;
                else p = -p;
                if (p < 0.75 * width * q - Math.abs(tolerance * q) / 2 && p < Math.abs(previous * q / 2)) step = p / q;
            }
            if (Math.abs(step) < tolerance) step = step > 0 ? tolerance : -tolerance;
            a = b;
            fa = fb;
            b += step;
            fb = statistic(b, quantile);
            if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) {
                c = a;
                fc = fa;
            }
        }
        return b;
    }

    double end(double quantile, double low, double high) {
        if (statistic(low, quantile) <= 0) return low;
        if (statistic(high, quantile) >= 0) return high;
        return root(quantile, low, high);
    }

    double[] judge() {
        double low = Arrays.stream(x).min().getAsDouble() - Arrays.stream(y).max().getAsDouble();
        double high = Arrays.stream(x).max().getAsDouble() - Arrays.stream(y).min().getAsDouble();
        return new double[] {end(REACH, low, high), end(-REACH, low, high), root(0, low, high)};
    }

    static KayentaSearch[] load(String file, int count, int size) throws Exception {
        var doubles = ByteBuffer.wrap(Files.readAllBytes(Path.of(file))).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
        KayentaSearch[] ret = new KayentaSearch[count];
        for (int i = 0; i < count; i++) {
            ret[i] = new KayentaSearch(new double[size], new double[size]);
            doubles.get(i * size, ret[i].x).get((count + i) * size, ret[i].y);
        }
        return ret;
    }

    public static void main(String[] arguments) throws Exception {
        KayentaSearch[] pairs = {};
        double sink = 0;
        int next = 0;
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null;) {
            String[] words = line.split(" ");
            if (words[0].equals("load")) {
                pairs = load(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
                System.out.println("loaded");
            } else if (words[0].equals("show")) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < Integer.parseInt(words[1]); i++) for (double value : pairs[i].judge()) text.append(value).append(' ');
                System.out.println(text);
            } else {
                long begin = System.nanoTime();
                for (int i = Integer.parseInt(words[1]); i > 0; i--) sink += pairs[next++ % pairs.length].judge()[2];
                System.out.println((System.nanoTime() - begin) * 1e-9);
            }
        }
        if (Double.isNaN(sink)) System.err.println("not a number");
    }
}
