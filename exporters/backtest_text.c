// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "doc_render.h"
#include "exporters/history_report.h"
#include "text_time.h"

enum { MARK = 2, START = 5, VERDICT = 24, WHY = 38 };

static const struct doc_word verdicts[] = {{"pass", TEXT_PASS},   {"marginal", TEXT_MARGINAL},
                                           {"fail", TEXT_FAIL},   {"inconclusive", TEXT_INCONCLUSIVE},
                                           {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};

// "2025-01-01 14:00Z" of an ISO time; seconds only when there are any.
static const char *minute(struct arena *arena, const char *iso) {
    bool whole = strlen(iso) == 20 && strncmp(iso + 17, "00", 2) == 0;
    if (strlen(iso) < 20) return iso;
    return whole ? arena_printf(arena, "%.10s %.5sZ", iso, iso + 11) : arena_printf(arena, "%.10s %.8sZ", iso, iso + 11);
}

static const char *clock_of(struct arena *arena, const char *iso) {
    return strlen(iso) < 20 ? iso : arena_printf(arena, "%.5sZ", iso + 11);
}

static const char *why(struct text_out *to, struct doc_reader *in, struct doc_place window) {
    const char *metric = doc_text_or_null(in, window, "metric"), *text = doc_text(in, window, "reason");
    const char *since = doc_text_or_null(in, window, "since"), *detected = doc_text_or_null(in, window, "detected");
    if (metric == NULL) return text;
    const char *from = since != NULL ? arena_printf(to->arena, " since %s", clock_of(to->arena, since)) : "";
    const char *seen = detected != NULL ? arena_printf(to->arena, ", detected %s", clock_of(to->arena, detected)) : "";
    struct doc_place looks = doc_object_or_null(in, window, "looks");
    const char *look = looks.node != NULL ? arena_printf(to->arena, " by look %lld of %lld", (long long)doc_count(in, looks, "last"),
                                                         (long long)doc_count(in, looks, "planned"))
                                          : "";
    return arena_printf(to->arena, "%s%s%s%s: %s", metric, from, seen, look, text);
}

static void row(struct text_out *to, struct doc_reader *in, struct doc_place window) {
    enum text_state state = doc_state(in, window, "verdict", verdicts);
    text_tab(to, MARK);
    text_put(to, text_state_paint(state), to->style->ascii ? "" : text_symbol(to, state));
    text_tab(to, START);
    text_put(to, PAINT_NONE, minute(to->arena, doc_text(in, window, "start")));
    text_tab(to, VERDICT);
    text_put(to, text_state_paint(state), doc_text(in, window, "verdict"));
    text_tab(to, WHY);
    text_prose(to, WHY, PAINT_NONE, why(to, in, window));
    text_newline(to);
}

static void head(struct text_out *to, struct doc_reader *in, struct doc_place root, size_t count) {
    struct doc_place window = doc_object(in, root, "window"), time = doc_object(in, root, "time"),
                     counts = doc_object(in, root, "verdicts");
    const char *length = text_duration(to->arena, (int64_t)(doc_number(in, window, "length_s") * 1000));
    text_put(to, PAINT_BOLD, arena_printf(to->arena, "backtest of %s", doc_text(in, root, "canary")));
    text_put(to, PAINT_NONE,
             arena_printf(to->arena, "   %zu windows of %s: %lld fail, %lld inconclusive, %lld marginal, %lld pass", count, length,
                          (long long)doc_count(in, counts, "fail"), (long long)doc_count(in, counts, "inconclusive"),
                          (long long)doc_count(in, counts, "marginal"), (long long)doc_count(in, counts, "pass")));
    text_newline(to);
    if (to->style->quiet) return;
    text_put(to, PAINT_NONE, arena_printf(to->arena, "  %s to %s", doc_text(in, time, "from"), doc_text(in, time, "to")));
    text_newline(to);
    text_newline(to);
    text_tab(to, START);
    text_put(to, PAINT_DIM, "WINDOW FROM");
    text_tab(to, VERDICT);
    text_put(to, PAINT_DIM, "VERDICT");
    text_tab(to, WHY);
    text_put(to, PAINT_DIM, "FOUND");
    text_newline(to);
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place windows = doc_list(in, root, "windows");
    head(to, in, root, json_array_size(windows.node));
    for (size_t i = 0; i < json_array_size(windows.node) && !in->failed && !to->style->quiet; i++) row(to, in, doc_item(in, windows, i));
}

bool backtest_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
