// SPDX-License-Identifier: GPL-3.0-or-later
// What became of each metric from look to look of a watch.
#include <string.h>

#include "html_part.h"
#include "exporters/xml_text.h"

enum { MOST_COLUMNS = 20, MOST_ROWS = 400, MOST_NAME = 80 }; // looks, the latest; metrics; columns of a name

struct cell {
    const char *word;
    enum text_state state;
};

struct strip {
    const struct html_page *page;
    const json_t *looks;
    size_t first, count; // of the looks that are shown
};

static const char *text_of(const struct strip *s, const json_t *node) {
    const char *text = json_string_value(node);
    return text != NULL ? text_clean(s->page->to->arena, text, strlen(text), false) : "";
}

static void put_cell(const struct strip *s, const struct cell *cell) {
    struct buf *out = s->page->to->out;
    if (cell == NULL) {
        buf_str(out, "<td>·</td>");
        return;
    }
    bool muted = cell->state == TEXT_QUARANTINED; // else the style goes by the word
    buf_printf(out, "<td%s title=\"%s\">%s</td>", muted ? " class=\"muted\"" : "", cell->word, text_symbol(s->page->to, cell->state));
}

static const struct cell *verdict_cell(const struct strip *s, size_t look) {
    static const struct cell cells[] = {
        {"pass", TEXT_PASS}, {"marginal", TEXT_MARGINAL}, {"fail", TEXT_FAIL}, {"inconclusive", TEXT_INCONCLUSIVE}, {"error", TEXT_ERROR}};
    const char *word = json_string_value(json_object_get(json_array_get(s->looks, look), "verdict"));
    for (size_t i = 0; word != NULL && i < sizeof cells / sizeof cells[0]; i++) {
        if (strcmp(word, cells[i].word) == 0) return &cells[i];
    }
    return NULL;
}

static const struct cell *class_cell(const struct strip *s, size_t look, size_t metric, bool informs) {
    static const struct cell cells[] = {{"pass", TEXT_PASS},     {"high", TEXT_FAIL},
                                        {"low", TEXT_FAIL},      {"inconclusive", TEXT_INCONCLUSIVE},
                                        {"nodata", TEXT_NODATA}, {"error", TEXT_ERROR}};
    static const struct cell muted[] = {{"high", TEXT_QUARANTINED}, {"low", TEXT_QUARANTINED}};
    const char *classes = json_string_value(json_object_get(json_array_get(s->looks, look), "classes"));
    char letter = classes != NULL && strlen(classes) > metric ? classes[metric] : '-';
    for (size_t i = 0; informs && i < sizeof muted / sizeof muted[0]; i++) {
        if (muted[i].word[0] == letter) return &muted[i];
    }
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        if (cells[i].word[0] == letter) return &cells[i];
    }
    return NULL;
}

static bool informs(const struct report *report, const char *name) {
    for (size_t i = 0; i < report->metric_count; i++) {
        if (strcmp(report->metrics[i].name, name) == 0) return report->metrics[i].informs;
    }
    return false;
}

static void put_head(const struct strip *s) {
    struct text_out *to = s->page->to;
    buf_str(to->out, "<tr><td></td>");
    for (size_t i = s->first; i < s->first + s->count; i++) {
        const json_t *look = json_array_get(s->looks, i);
        buf_str(to->out, "<th scope=\"col\"");
        xml_attribute(to->out, "title", text_of(s, json_object_get(look, "at")));
        buf_printf(to->out, ">%" JSON_INTEGER_FORMAT "</th>", json_integer_value(json_object_get(look, "look")));
    }
    buf_str(to->out, "</tr>\n");
}

static void put_verdicts(const struct strip *s) {
    struct buf *out = s->page->to->out;
    buf_str(out, "<tr><th scope=\"row\">verdict</th>");
    for (size_t i = s->first; i < s->first + s->count; i++) put_cell(s, verdict_cell(s, i));
    buf_str(out, "</tr>\n");
}

static void put_metric(const struct strip *s, size_t metric, const char *name) {
    struct text_out *to = s->page->to;
    bool only_informs = informs(s->page->report, name);
    buf_str(to->out, "<tr><th scope=\"row\">");
    xml_text(to->out, text_cut_name(to, name, MOST_NAME));
    buf_str(to->out, "</th>");
    for (size_t i = s->first; i < s->first + s->count; i++) put_cell(s, class_cell(s, i, metric, only_informs));
    buf_str(to->out, "</tr>\n");
}

void html_looks(const struct html_page *page) {
    const json_t *history = json_object_get(json_object_get(page->result, "looks"), "history");
    const json_t *names = json_object_get(history, "metrics");
    struct strip s = {.page = page, .looks = json_object_get(history, "looks")};
    size_t all = json_array_size(s.looks);
    if (all == 0) return;
    s.count = all < MOST_COLUMNS ? all : MOST_COLUMNS;
    s.first = all - s.count;
    buf_str(page->to->out, "<section>\n<h2>Looks</h2>\n<div class=\"wide\"><table class=\"looks\"><caption>");
    if (s.first > 0) buf_printf(page->to->out, "The last %zu of ", s.count);
    buf_printf(page->to->out, "%zu looks: what each found; a dot where nothing was judged</caption>\n", all);
    put_head(&s);
    put_verdicts(&s);
    for (size_t i = 0; i < json_array_size(names) && i < MOST_ROWS; i++) put_metric(&s, i, text_of(&s, json_array_get(names, i)));
    buf_str(page->to->out, "</table></div>\n</section>\n");
}
