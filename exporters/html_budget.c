// SPDX-License-Identifier: GPL-3.0-or-later
// What an objective's budget has left: bars for the period and the release, the mark at which the release halts, and the burn rates.
#include <math.h>

#include "html_part.h"
#include "html_plot.h"
#include "objective_doc.h"
#include "text_value.h"
#include "exporters/xml_text.h"

enum { PERIOD = 14, RELEASE = 46, THICK = 14, MOST_SHOWN = 3 }; // pixels; times the budget that a bar still shows

static double shown(struct report_number share) {
    return share.known && !isnan(share.value) ? fmin(MOST_SHOWN, fmax(0, share.value)) : (double)NAN;
}

static void bar(struct buf *out, const struct html_axis *axis, const char *class, double share, double y) {
    if (isfinite(share)) html_plot_box(out, class, 0, y - THICK / 2.0, html_axis_place(axis, share), THICK);
}

static void release_marks(struct buf *out, const struct budget_release *release, const struct html_axis *axis) {
    double low = shown(release->share_lower), high = shown(release->share_upper), halt = shown(release->halt_at);
    if (isfinite(low) && isfinite(high))
        html_plot_line(out, "whisker", html_axis_place(axis, low), RELEASE, html_axis_place(axis, high), RELEASE);
    if (isfinite(halt)) html_plot_line(out, "limit", html_axis_place(axis, halt), RELEASE - 20, html_axis_place(axis, halt), RELEASE + 10);
}

static void halt_text(struct text_out *to, const struct budget_release *release, const struct html_axis *axis) {
    double halt = shown(release->halt_at);
    if (!isfinite(halt)) return;
    double x = html_axis_place(axis, halt);
    html_plot_text(to->out, x < 60 ? HTML_START : HTML_END, x < 60 ? x + 1 : x - 1, RELEASE - 11,
                   arena_printf(to->arena, "halt at %s", text_value(to->arena, halt, "ratio", false, false)));
}

static void put_bars(struct text_out *to, const struct budget_objective *o) {
    const struct budget_release *release = &o->release;
    struct report_number spent = {o->remaining.known, 1 - o->remaining.value};
    double used = shown(spent), share = release->present ? shown(release->share) : (double)NAN;
    struct html_axis axis = {0, 1, 0, 100};
    if (isnan(used) && isnan(share)) return;
    html_axis_stretch(&axis, used);
    html_axis_stretch(&axis, share);
    if (release->present) html_axis_stretch(&axis, shown(release->share_upper));
    struct html_ticks ticks = html_axis_ticks(&axis, "ratio", 4);
    int bottom = (release->present ? RELEASE : PERIOD) + THICK;
    html_plot_begin(to->out, "budget",
                    release->present ? "How much is used: of the period's budget, and of what the release may use"
                                     : "How much of the period's budget is used",
                    arena_printf(to->arena, "%s: budget used", o->name), budget_sentence(to, o), bottom + 18, 100);
    buf_str(to->out, "<path class=\"grid\" d=\"");
    for (size_t i = 0; i < ticks.count; i++) buf_printf(to->out, "M%.3g 20V%d0", html_axis_place(&axis, ticks.at[i]), bottom);
    buf_str(to->out, "\"/>");
    bar(to->out, &axis, "used", used, PERIOD);
    if (release->present) {
        bar(to->out, &axis, "used release", share, RELEASE);
        release_marks(to->out, release, &axis);
    }
    html_plot_texts(to->out);
    html_plot_side(to->out, PERIOD, "period");
    if (release->present) html_plot_side(to->out, RELEASE, "release");
    if (release->present) halt_text(to, release, &axis);
    for (size_t i = 0; i < ticks.count; i++)
        html_plot_text(to->out, HTML_MIDDLE, html_axis_place(&axis, ticks.at[i]), bottom + 14,
                       text_value(to->arena, ticks.at[i], "ratio", false, false));
    html_plot_end(to->out);
}

static const char *rate(struct text_out *to, struct report_number number) {
    return number.known ? text_plain(to->arena, number.value) : "-";
}

static void put_tiers(struct text_out *to, const struct budget_objective *o) {
    static const char *const heads[] = {"Alert", "State", "Long", "Short", "Fires over"};
    if (o->tier_count == 0) return;
    buf_str(to->out, "<div class=\"wide\"><table><caption>Burn rates over a long and a short window; 1 uses up the budget just as the "
                     "period ends</caption>\n<tr>");
    for (size_t i = 0; i < 5; i++) buf_printf(to->out, "<th scope=\"col\"%s>%s</th>", i > 1 ? " class=\"n\"" : "", heads[i]);
    buf_str(to->out, "</tr>\n");
    for (size_t i = 0; i < o->tier_count; i++) {
        const struct budget_tier *tier = &o->tiers[i];
        enum text_state state = !tier->fires ? TEXT_PASS : tier->certain ? TEXT_FAIL : TEXT_MARGINAL;
        const char *word = !tier->fires ? "quiet" : tier->certain ? "fires" : "fires, not certain";
        buf_str(to->out, "<tr><th scope=\"row\">");
        xml_text(to->out, tier->name);
        buf_str(to->out, "</th>");
        html_element(to->out, "td", html_class(state), arena_printf(to->arena, "%s %s", text_symbol(to, state), word));
        html_element(to->out, "td", "n", rate(to, tier->long_rate));
        html_element(to->out, "td", "n", rate(to, tier->short_rate));
        html_element(to->out, "td", "n", rate(to, tier->factor));
        buf_str(to->out, "</tr>\n");
    }
    buf_str(to->out, "</table></div>\n");
}

void html_budgets(const struct html_page *page) {
    struct text_out *to = page->to;
    const struct budget_objective *objectives = page->report->objectives;
    size_t count = page->report->objective_count;
    if (count == 0) return;
    buf_str(to->out, "<section>\n<h2>Budgets</h2>\n<div class=\"pair\">\n");
    for (size_t i = 0; i < count; i++) {
        const struct budget_objective *o = &objectives[i];
        const char *name = text_cut_name(to, o->name, HTML_NAME);
        buf_str(to->out, "<div>");
        html_element(to->out, "h3", html_class(o->state), arena_printf(to->arena, "%s %s", text_symbol(to, o->state), name));
        html_element(to->out, "p", NULL, budget_sentence(to, o));
        buf_char(to->out, '\n');
        put_bars(to, o);
        put_tiers(to, o);
        buf_str(to->out, "</div>\n");
    }
    buf_str(to->out, "</div>\n</section>\n");
}
