// SPDX-License-Identifier: GPL-3.0-or-later

#include "doc_render.h"
#include "exporters/history_report.h"
#include "text_time.h"

#define HEAD 14 // column of what a line says, behind its name
enum { NAME = 2, DEALT = 20, FAILS = 30, OPEN = 38, RHO = 46, PHI = 58, SD = 68, SEES = 75 };

static const char *percent(struct arena *arena, double share) {
    return arena_printf(arena, "%.3g%%", 100 * share);
}

static void line(struct text_out *to, const char *name, enum text_paint paint, const char *text) {
    text_cell(to, PAINT_BOLD, name, HEAD);
    text_prose(to, HEAD, paint, text);
    text_newline(to);
}

static void head(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place window = doc_object(in, root, "window"), time = doc_object(in, root, "time"),
                     windows = doc_object(in, root, "windows");
    const char *name = doc_text(in, root, "canary");
    text_put(to, PAINT_BOLD, arena_printf(to->arena, "calibration of %s", name));
    text_put(to, PAINT_NONE,
             arena_printf(to->arena, "   %lld windows of %s, seed %lld", (long long)doc_count(in, windows, "drawn"),
                          text_duration(to->arena, (int64_t)(doc_number(in, window, "length_s") * 1000)),
                          (long long)doc_count(in, root, "seed")));
    text_newline(to);
    text_put(to, PAINT_NONE, "  ");
    text_prose(to, 2, PAINT_NONE,
               arena_printf(to->arena, "%s to %s, the baseline against itself: nothing changed, so every fail is a false one",
                            doc_text(in, time, "from"), doc_text(in, time, "to")));
    text_newline(to);
    text_newline(to);
}

static void tell_fails(struct text_out *to, struct doc_reader *in, struct doc_place root, int64_t judged) {
    struct doc_place fails = doc_object(in, root, "false_fails"), open = doc_object(in, root, "inconclusive");
    int64_t count = doc_count(in, fails, "count"), held = doc_count(in, open, "count");
    struct report_number promised = doc_number_or_null(in, fails, "promised");
    const char *allowed = promised.known ? arena_printf(to->arena, "; the config allows %s", percent(to->arena, promised.value)) : "";
    const char *limits = count == 0 ? arena_printf(to->arena, "below %s", percent(to->arena, doc_number(in, fails, "upper")))
                                    : arena_printf(to->arena, "%s to %s", percent(to->arena, doc_number(in, fails, "low")),
                                                   percent(to->arena, doc_number(in, fails, "high")));
    bool many = promised.known && judged > 0 && doc_number(in, fails, "low") > promised.value;
    line(to, "FALSE FAILS", many ? PAINT_FAIL : PAINT_NONE,
         arena_printf(to->arena, "%lld of %lld windows: %s, 95%% sure%s", (long long)count, (long long)judged, limits, allowed));
    const char *share = judged > 0 ? arena_printf(to->arena, " (%s)", percent(to->arena, (double)held / (double)judged)) : "";
    line(to, "INCONCLUSIVE", PAINT_NONE, arena_printf(to->arena, "%lld of %lld windows%s", (long long)held, (long long)judged, share));
}

static void tell_level(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct report_number alpha = doc_number_or_null(in, root, "alpha"), needed = doc_number_or_null(in, root, "alpha_needed");
    if (!alpha.known) return;
    const char *text = "some fail by a rule and not by chance: no confidence keeps to what is allowed";
    if (needed.known && needed.value >= alpha.value) {
        text = arena_printf(to->arena, "judge.confidence %.6g%% keeps to what is allowed", 100 * (1 - alpha.value));
    } else if (needed.known) {
        text = arena_printf(to->arena, "judge.confidence %.6g%% would keep to what is allowed, %.6g%% does not", 100 * (1 - needed.value),
                            100 * (1 - alpha.value));
    }
    line(to, "LEVEL", PAINT_NONE, text);
}

static void tell_trust(struct text_out *to, struct doc_reader *in, struct doc_place root, int64_t judged) {
    struct doc_place windows = doc_object(in, root, "windows");
    int64_t empty = doc_count(in, windows, "empty"), apart = doc_count(in, windows, "apart");
    if (empty > 0) line(to, "TRUST", PAINT_NONE, arena_printf(to->arena, "%lld windows have no data and do not count", (long long)empty));
    if (judged > apart)
        line(to, empty > 0 ? "" : "TRUST", PAINT_NONE,
             arena_printf(to->arena,
                          "windows overlap: %lld of this length lie side by side in the time, so they say less than as many new ones",
                          (long long)apart));
}

static const char *pair_of(struct text_out *to, struct doc_reader *in, struct doc_place metric, const char *key) {
    struct doc_place at = doc_object(in, metric, key);
    struct report_number median = doc_number_or_null(in, at, "median"), high = doc_number_or_null(in, at, "p90");
    if (!median.known || !high.known) return "-";
    if (high.value >= 10) return arena_printf(to->arena, "%.3g %.3g", median.value, high.value);
    return arena_printf(to->arena, "%.2f %.2f", median.value, high.value);
}

static const char *deviation(struct text_out *to, struct doc_reader *in, struct doc_place metric) {
    struct report_number median = doc_number_or_null(in, doc_object(in, metric, "sd"), "median");
    return median.known ? arena_printf(to->arena, "%.2g", median.value) : "-";
}

static const char *seen(struct text_out *to, struct doc_reader *in, struct doc_place metric) {
    struct report_number median = doc_number_or_null(in, doc_object(in, metric, "visible"), "median");
    if (!median.known) return "-";
    return median.value < 1 ? percent(to->arena, median.value) : arena_printf(to->arena, "x%.3g", 1 + median.value);
}

static const char *design(struct text_out *to, struct doc_reader *in, struct doc_place metric, bool *ret_shifted) {
    struct doc_place at = doc_object(in, metric, "design");
    bool dealt = doc_count(in, at, "dealt") > 0, shifted = doc_count(in, at, "shifted") > 0;
    const char *by = doc_text_or_null(in, at, "dealt_by");
    *ret_shifted = *ret_shifted || shifted;
    if (shifted) return dealt ? arena_printf(to->arena, "%s, time", by) : "time";
    return by != NULL ? by : "-";
}

static void row(struct text_out *to, struct doc_reader *in, struct doc_place metric, bool *ret_shifted) {
    long long results = (long long)doc_count(in, metric, "results");
    long long fails = (long long)doc_count(in, metric, "false_fails"), open = (long long)doc_count(in, metric, "inconclusive");
    const char *mark = doc_truth(in, metric, "critical") ? " !" : "";
    text_tab(to, NAME);
    text_cell(to, PAINT_NONE, arena_printf(to->arena, "%s%s", doc_text(in, metric, "name"), mark), DEALT - NAME - 1);
    text_tab(to, DEALT);
    text_cell(to, PAINT_NONE, design(to, in, metric, ret_shifted), FAILS - DEALT - 1);
    text_tab(to, FAILS);
    text_put(to, fails > 0 ? PAINT_FAIL : PAINT_NONE, arena_printf(to->arena, "%lld/%lld", fails, results));
    text_tab(to, OPEN);
    text_put(to, PAINT_NONE, arena_printf(to->arena, "%lld/%lld", open, results));
    text_tab(to, RHO);
    text_put(to, PAINT_NONE, pair_of(to, in, metric, "rho"));
    text_tab(to, PHI);
    text_put(to, PAINT_NONE, pair_of(to, in, metric, "phi"));
    text_tab(to, SD);
    text_put(to, PAINT_NONE, deviation(to, in, metric));
    text_tab(to, SEES);
    text_put(to, PAINT_NONE, seen(to, in, metric));
    text_newline(to);
}

static void table(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    static const struct {
        int column;
        const char *name;
    } names[] = {{NAME, "METRIC"}, {DEALT, "DEALT BY"}, {FAILS, "FAILS"}, {OPEN, "OPEN"},
                 {RHO, "RHO 90%"}, {PHI, "PHI 90%"},    {SD, "SD"},       {SEES, "SEES"}};
    struct doc_place metrics = doc_list(in, root, "metrics");
    bool shifted = false;
    text_newline(to);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        text_tab(to, names[i].column);
        text_put(to, PAINT_DIM, names[i].name);
    }
    text_newline(to);
    for (size_t i = 0; i < json_array_size(metrics.node) && !in->failed; i++) row(to, in, doc_item(in, metrics, i), &shifted);
    text_newline(to);
    text_prose(to, 0, PAINT_DIM,
               "RHO autocorrelation, PHI dispersion of counts: median and 90th percentile of the windows. SD: standard deviation of a "
               "step's ln(side / side). SEES: the change that a window fails four times of five.");
    text_newline(to);
    if (!shifted) return;
    text_prose(
        to, 0, PAINT_DIM,
        "Dealt by time: there is one instance, compared with itself one window earlier. That is the weaker design: what changes over "
        "the day counts as noise.");
    text_newline(to);
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    int64_t judged = doc_count(in, doc_object(in, root, "windows"), "judged");
    if (!to->style->quiet) head(to, in, root);
    tell_fails(to, in, root, judged);
    if (to->style->quiet) return;
    tell_level(to, in, root);
    tell_trust(to, in, root, judged);
    table(to, in, root);
}

bool calibration_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
