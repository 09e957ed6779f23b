// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc_render.h"
#include "exporters/parity_report.h"
#include "text_value.h"

enum { COST = 2, METRIC = 9, TEXT = 9, MOST_SILENT = 5 };

static void print_head(struct text_out *to, struct doc_reader *in, struct doc_place root, struct doc_place parity) {
    struct report_number score = doc_score_or_null(in, parity, "score");
    double min = doc_number(in, root, "min");
    bool reached = doc_count(in, root, "exit_code") == 0;
    enum text_state state = reached ? TEXT_PASS : TEXT_INCONCLUSIVE;
    const char *word = !score.known ? "NO DATA" : reached ? "ALIKE" : "NOT ALIKE";
    if (!to->style->ascii) text_put(to, text_state_paint(state), arena_printf(to->arena, "%s ", text_symbol(to, state)));
    text_put(to, text_state_paint(state), word);
    text_put(to, PAINT_BOLD, arena_printf(to->arena, "  %s", text_cut(to, doc_text(in, root, "canary"), to->width - 50)));
    const char *text = score.known ? arena_printf(to->arena, "parity %s/100", text_score(to->arena, score.value)) : "parity not known";
    text_put(to, PAINT_NONE, arena_printf(to->arena, "   %s (min %s)", text, text_score(to->arena, min)));
    text_newline(to);
}

static const char *silent_text(struct text_out *to, struct doc_reader *in, struct doc_place parity, long long silent) {
    struct report_texts names = doc_texts(in, parity, "silent_metrics");
    const char *text = arena_printf(to->arena, "%lld without data on either side", silent);
    for (size_t i = 0; i < names.count && i < MOST_SILENT; i++)
        text = arena_printf(to->arena, "%s%s%s", text, i > 0 ? ", " : ": ", names.items[i]);
    return names.count > MOST_SILENT ? arena_printf(to->arena, "%s and others", text) : text;
}

static void print_facts(struct text_out *to, struct doc_reader *in, struct doc_place root, struct doc_place parity) {
    struct doc_place window = doc_object(in, root, "window");
    long long metrics = (long long)doc_count(in, parity, "metrics"), silent = (long long)doc_count(in, parity, "silent");
    text_piece(to, COST, PAINT_NONE, arena_printf(to->arena, "%s to %s", doc_text(in, window, "start"), doc_text(in, window, "end")));
    text_piece(to, COST, PAINT_NONE, arena_printf(to->arena, "%lld metric%s compared", metrics, metrics == 1 ? "" : "s"));
    if (silent > 0) text_piece(to, COST, PAINT_NONE, silent_text(to, in, parity, silent));
    text_newline(to);
}

static const char *side_text(struct text_out *to, struct doc_reader *in, struct doc_place gap, const char *side) {
    struct doc_place at = doc_object(in, gap, side);
    return arena_printf(to->arena, "%s %lld series, %lld samples", side, (long long)doc_count(in, at, "series"),
                        (long long)doc_count(in, at, "samples"));
}

static void print_gap(struct text_out *to, struct doc_reader *in, struct doc_place gap) {
    const char *series = doc_text_or_null(in, gap, "series"), *metric = doc_text(in, gap, "metric");
    text_tab(to, COST);
    text_put(to, PAINT_NONE, arena_printf(to->arena, "%.3g", doc_number(in, gap, "impact")));
    text_tab(to, METRIC);
    text_put(to, PAINT_BOLD, series != NULL ? arena_printf(to->arena, "%s (%s)", metric, series) : metric);
    text_newline(to);
    text_prose(to, TEXT, PAINT_NONE, doc_text(in, gap, "text"));
    text_newline(to);
    text_prose(to, TEXT, PAINT_DIM,
               arena_printf(to->arena, "%s | %s", side_text(to, in, gap, "baseline"), side_text(to, in, gap, "canary")));
    text_newline(to);
}

static void print_gaps(struct text_out *to, struct doc_reader *in, struct doc_place parity) {
    struct doc_place gaps = doc_list(in, parity, "gaps");
    size_t listed = json_array_size(gaps.node);
    long long all = (long long)doc_count(in, parity, "gap_count");
    if (all == 0) return;
    text_newline(to);
    text_tab(to, COST);
    text_put(to, PAINT_DIM, "COSTS  GAP");
    text_newline(to);
    for (size_t i = 0; i < listed && !in->failed; i++) print_gap(to, in, doc_item(in, gaps, i));
    if (all <= (long long)listed) return;
    text_tab(to, COST);
    text_put(to, PAINT_DIM, arena_printf(to->arena, "and %lld more", all - (long long)listed));
    text_newline(to);
}

static void print_unused(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place unused = doc_object_or_null(in, root, "unused");
    if (unused.node == NULL) return;
    struct doc_place most = doc_list(in, unused, "most");
    text_newline(to);
    text_prose(to, COST, PAINT_NONE,
               arena_printf(to->arena, "the config reads %lld of %lld names of the canary scope; %lld of %lld series are never read",
                            (long long)(doc_count(in, unused, "names") - doc_count(in, unused, "unused_names")),
                            (long long)doc_count(in, unused, "names"), (long long)doc_count(in, unused, "unused_series"),
                            (long long)doc_count(in, unused, "series")));
    text_newline(to);
    for (size_t i = 0; i < json_array_size(most.node) && !in->failed; i++) {
        struct doc_place item = doc_item(in, most, i);
        text_tab(to, COST);
        text_put(to, PAINT_NONE, arena_printf(to->arena, "%lld", (long long)doc_count(in, item, "series")));
        text_tab(to, METRIC);
        text_put(to, PAINT_NONE, doc_text(in, item, "name"));
        text_newline(to);
    }
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place parity = doc_object(in, root, "parity");
    print_head(to, in, root, parity);
    if (to->style->quiet) return;
    print_facts(to, in, root, parity);
    print_gaps(to, in, parity);
    print_unused(to, in, root);
}

bool parity_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
