package dev.macenv.avf.report;

import dev.macenv.avf.metric.Measurement;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The learning curve: greedy evaluation return over training episodes. Seeds of one experiment are drawn as their median with
 * a band from the lower to the upper quartile, over a moving median so that the flicker of the greedy policy does not hide
 * the course; a single run is drawn as it is. Known returns are dashed lines.
 */
public final class LearningCurve {

    private static final Color[] COLOURS = {
        new Color(0x1f77b4), new Color(0xd62728), new Color(0x2ca02c), new Color(0x9467bd),
        new Color(0xff7f0e), new Color(0x17becf), new Color(0x8c564b), new Color(0x7f7f7f)
    };
    private static final Color[] REFERENCE_COLOURS = {
        new Color(0x222222), new Color(0x999999), new Color(0xbb8800), new Color(0x336699)
    };

    private LearningCurve() {}

    /**
     * Draws the runs, grouped by experiment, into a PNG file.
     *
     * @param title headline
     * @param runs one or more runs; their reference lines are drawn once each
     * @param file where to write; replaced if it exists
     */
    public static void write(String title, List<RunRecord> runs, Path file) {
        System.setProperty("java.awt.headless", "true");
        XYChart chart = chart(title, runs);
        try {
            Files.write(file, ChartEncoder.getBytes(chart, "png"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static XYChart chart(String title, List<RunRecord> runs) {
        XYChart chart = new XYChartBuilder()
                .width(1000)
                .height(600)
                .title(title)
                .xAxisTitle("training episodes")
                .yAxisTitle("greedy evaluation return")
                .build();
        style(chart);
        double floor = floor(runs);
        if (runs.stream().flatMap(run -> run.measurements().stream()).anyMatch(m -> m.evaluationReturn() < floor)) {
            chart.setYAxisTitle(String.format(Locale.ROOT, "greedy evaluation return (cut off below %.0f)", floor));
        }
        int colour = 0;
        for (Map.Entry<String, List<RunRecord>> group : SeedTable.groups(runs).entrySet()) {
            addGroup(chart, group.getKey(), group.getValue(), floor, COLOURS[colour++ % COLOURS.length]);
        }
        addReferences(chart, runs);
        return chart;
    }

    /**
     * Where the picture ends below. While a team learns, its greedy policy may bang into things a hundred times in a row: drawn
     * to scale, that would hide everything else.
     */
    private static double floor(List<RunRecord> runs) {
        double[] known = runs.stream()
                .flatMap(run -> run.references().stream())
                .mapToDouble(ReferenceLine::value)
                .sorted()
                .toArray();
        if (known.length < 2) {
            return Double.NEGATIVE_INFINITY;
        }
        double lowest = known[0];
        double span = known[known.length - 1] - lowest;
        return Math.floor((lowest - span / 2) / 10) * 10;
    }

    private static void style(XYChart chart) {
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setPlotGridLinesColor(new Color(0xe4e4e4));
        chart.getStyler().setChartTitleBoxVisible(false);
        chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        chart.getStyler().setXAxisDecimalPattern("#,###");
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMaxLabelCount(9);
        chart.getStyler().setMarkerSize(0);
        chart.getStyler().setAntiAlias(true);
    }

    private static void addGroup(XYChart chart, String name, List<RunRecord> runs, double floor, Color colour) {
        if (runs.size() == 1) {
            List<Measurement> points = runs.get(0).measurements();
            if (!points.isEmpty()) {
                double[] episodes =
                        points.stream().mapToDouble(Measurement::episodes).toArray();
                double[] returns = points.stream()
                        .mapToDouble(point -> Math.max(floor, point.evaluationReturn()))
                        .toArray();
                line(chart, name + ", seed " + runs.get(0).seed(), episodes, returns, colour, 1.6f);
            }
            return;
        }
        Quartiles quartiles = Quartiles.of(runs, floor);
        if (quartiles.episodes().length == 0) {
            return;
        }
        band(chart, name, quartiles, colour);
        line(
                chart,
                name + ", median of " + runs.size() + " seeds",
                quartiles.episodes(),
                quartiles.middle(),
                colour,
                2.2f);
    }

    private static void line(XYChart chart, String name, double[] x, double[] y, Color colour, float width) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour);
        series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    /** The area between the quartiles: along the upper one, and back along the lower one. */
    private static void band(XYChart chart, String name, Quartiles quartiles, Color colour) {
        int n = quartiles.episodes().length;
        double[] x = new double[2 * n];
        double[] y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            x[i] = quartiles.episodes()[i];
            y[i] = quartiles.upper()[i];
            x[2 * n - 1 - i] = quartiles.episodes()[i];
            y[2 * n - 1 - i] = quartiles.lower()[i];
        }
        XYSeries series = chart.addSeries(name + " (quartiles)", x, y);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(new Color(0, 0, 0, 0));
        series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 48));
        series.setShowInLegend(false);
    }

    private static void addReferences(XYChart chart, List<RunRecord> runs) {
        double last = runs.stream()
                .flatMap(run -> run.measurements().stream())
                .mapToDouble(Measurement::episodes)
                .max()
                .orElse(1);
        Map<String, Double> references = new LinkedHashMap<>();
        runs.forEach(run -> run.references().forEach(reference -> references.put(reference.name(), reference.value())));
        int colour = 0;
        for (Map.Entry<String, Double> reference : references.entrySet()) {
            double[] x = {0, Math.max(1, last)};
            double[] y = {reference.getValue(), reference.getValue()};
            XYSeries series = chart.addSeries(reference.getKey() + " " + reference.getValue(), x, y);
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(REFERENCE_COLOURS[colour++ % REFERENCE_COLOURS.length]);
            series.setLineStyle(
                    new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10f, new float[] {7f, 5f}, 0f));
        }
    }

    /** Quartiles over seeds at every evaluation point that all seeds have reached. Never compared, so arrays do. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Quartiles(double[] episodes, double[] lower, double[] middle, double[] upper) {

        private static final int SMOOTHING = 5;

        static Quartiles of(List<RunRecord> runs, double floor) {
            Map<Long, List<Double>> returns = new TreeMap<>();
            for (RunRecord run : runs) {
                double[] smooth = movingMedian(run.measurements().stream()
                        .mapToDouble(point -> Math.max(floor, point.evaluationReturn()))
                        .toArray());
                for (int i = 0; i < smooth.length; i++) {
                    returns.computeIfAbsent(run.measurements().get(i).episodes(), episode -> new ArrayList<>())
                            .add(smooth[i]);
                }
            }
            returns.values().removeIf(values -> values.size() < runs.size());
            double[] episodes =
                    returns.keySet().stream().mapToDouble(Long::doubleValue).toArray();
            return new Quartiles(episodes, at(returns, 0.25), at(returns, 0.5), at(returns, 0.75));
        }

        private static double[] at(Map<Long, List<Double>> returns, double share) {
            return returns.values().stream()
                    .mapToDouble(values -> quantile(values, share))
                    .toArray();
        }

        private static double quantile(List<Double> values, double share) {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            double place = share * (sorted.length - 1);
            int below = (int) place;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }

        private static double[] movingMedian(double[] values) {
            double[] smooth = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                smooth[i] = SeedTable.median(Arrays.copyOfRange(values, Math.max(0, i - SMOOTHING + 1), i + 1));
            }
            return smooth;
        }
    }
}
