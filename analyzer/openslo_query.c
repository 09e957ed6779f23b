// SPDX-License-Identifier: GPL-3.0-or-later
// Takes expressions apart from outside: parentheses, a call around everything, the range at the end. Strings are stepped over.
#include "openslo_query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/timetext.h"
#include "query/selector.h"

#define MOST_SELECTOR_BYTES ((size_t)1 << 20)

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct view trim(struct view v) {
    while (v.len > 0 && is_blank(v.ptr[0])) v = (struct view){v.ptr + 1, v.len - 1};
    while (v.len > 0 && is_blank(v.ptr[v.len - 1])) v.len--;
    return v;
}

// The place behind the string that begins at `at`.
static size_t behind_string(struct view v, size_t at) {
    char quote = v.ptr[at++];
    for (; at < v.len && v.ptr[at] != quote; at++) {
        if (v.ptr[at] == '\\' && quote != '`') at++;
    }
    return at < v.len ? at + 1 : v.len;
}

// The first of these characters outside of strings and brackets from `at` on; v.len when there is none.
static size_t find_outside(struct view v, size_t at, const char *wanted) {
    int depth = 0;
    while (at < v.len) {
        char c = v.ptr[at];
        if (depth == 0 && c != '\0' && strchr(wanted, c) != NULL) return at;
        if (c == '"' || c == '\'' || c == '`') {
            at = behind_string(v, at);
            continue;
        }
        depth += c == '(' || c == '{' || c == '[';
        depth -= c == ')' || c == '}' || c == ']';
        at++;
    }
    return v.len;
}

// The inside of parentheses that the view begins with, and what follows them.
static bool take_parentheses(struct view v, struct view *ret_inner, struct view *ret_rest) {
    if (v.len < 2 || v.ptr[0] != '(') return false;
    size_t end = find_outside((struct view){v.ptr + 1, v.len - 1}, 0, ")") + 1;
    if (end >= v.len) return false;
    *ret_inner = trim((struct view){v.ptr + 1, end - 1});
    *ret_rest = trim((struct view){v.ptr + end + 1, v.len - end - 1});
    return true;
}

static struct view bare(struct view v) {
    struct view inner, rest;
    v = trim(v);
    while (take_parentheses(v, &inner, &rest) && rest.len == 0) v = inner;
    return v;
}

static bool begins_with_word(struct view *v, const char *word) {
    size_t len = strlen(word);
    if (v->len <= len || memcmp(v->ptr, word, len) != 0 || !(is_blank(v->ptr[len]) || v->ptr[len] == '(')) return false;
    *v = trim((struct view){v->ptr + len, v->len - len});
    return true;
}

// word(inner), and nothing else.
static bool is_call(struct view v, const char *word, struct view *ret_inner) {
    struct view rest;
    return begins_with_word(&v, word) && take_parentheses(v, ret_inner, &rest) && rest.len == 0;
}

// sum(inner), sum by (labels) (inner), sum(inner) by (labels); the labels are empty for the first.
static bool is_sum(struct view v, struct view *ret_inner, struct view *ret_labels) {
    struct view rest;
    *ret_labels = (struct view){"", 0};
    if (!begins_with_word(&v, "sum")) return false;
    if (begins_with_word(&v, "by")) return take_parentheses(v, ret_labels, &rest) && take_parentheses(rest, ret_inner, &v) && v.len == 0;
    if (!take_parentheses(v, ret_inner, &rest)) return false;
    if (rest.len == 0) return true;
    return begins_with_word(&rest, "by") && take_parentheses(rest, ret_labels, &v) && v.len == 0;
}

// selector[window]
static bool is_range(struct view v, struct view *ret_selector, int64_t *ret_window_ms) {
    size_t open = find_outside(v, 0, "[");
    if (open == 0 || open >= v.len || v.ptr[v.len - 1] != ']') return false;
    struct view window = {v.ptr + open + 1, v.len - open - 2};
    if (memchr(window.ptr, ':', window.len) != NULL || memchr(window.ptr, ']', window.len) != NULL) return false;
    *ret_selector = trim((struct view){v.ptr, open});
    *ret_window_ms = 0;
    duration_parse(trim(window), ret_window_ms);
    return true;
}

static bool take_selector(struct view v, struct arena *arena, struct openslo_counted *ret, const char **ret_why) {
    *ret_why = "counts are made of plain selectors, sum(), rate() and increase() alone";
    if (!selector_is_plain(v)) return false;
    const char *text = arena_strndup(arena, v.ptr, v.len);
    *ret_why = "the selector holds ${...}, which a config fills in; write the value";
    if (strstr(text, "${") != NULL) return false;
    ret->selector = text;
    return true;
}

bool openslo_query_count(struct view expr, struct arena *arena, struct openslo_counted *ret, const char **ret_why) {
    struct view inner, labels, v = bare(expr);
    *ret = (struct openslo_counted){0};
    while (is_sum(v, &inner, &labels)) {
        *ret_why = "sum by () keeps series apart, and an objective is one count";
        if (labels.len > 0) return false;
        v = bare(inner);
    }
    if (is_call(v, "rate", &inner) || is_call(v, "increase", &inner)) {
        *ret_why = "the range of rate() is not understood";
        if (!is_range(bare(inner), &v, &ret->window_ms)) return false;
        ret->rated = true;
    }
    return take_selector(bare(v), arena, ret, ret_why);
}

bool openslo_query_divide(struct view expr, struct view *ret_above, struct view *ret_below) {
    struct view v = bare(expr);
    size_t at = find_outside(v, 0, "/");
    if (at >= v.len || find_outside(v, at + 1, "/") < v.len) return false;
    *ret_above = trim((struct view){v.ptr, at});
    *ret_below = trim((struct view){v.ptr + at + 1, v.len - at - 1});
    return true;
}

bool openslo_query_quantile(struct view expr, struct arena *arena, double *ret_quantile, struct openslo_counted *ret,
                            const char **ret_why) {
    struct view arguments, labels, inner;
    if (!is_call(bare(expr), "histogram_quantile", &arguments)) return false;
    size_t comma = find_outside(arguments, 0, ",");
    *ret_why = "histogram_quantile() needs a number and sum by (le) (rate(..._bucket[window]))";
    if (comma >= arguments.len || comma > 30) return false;
    const char *number = arena_strndup(arena, arguments.ptr, comma);
    char *end;
    *ret_quantile = strtod(number, &end);
    if (end == number || !(*ret_quantile > 0 && *ret_quantile < 1)) return false;
    struct view v = bare((struct view){arguments.ptr + comma + 1, arguments.len - comma - 1});
    if (!is_sum(v, &inner, &labels) || !view_is(trim(labels), "le")) return false;
    if (!openslo_query_count(inner, arena, ret, ret_why)) return false;
    *ret_why = "histogram_quantile() needs the rate of a classic histogram's buckets over a window that is written out";
    return ret->rated && ret->window_ms > 0 && openslo_query_is_buckets(ret->selector, arena);
}

struct selected { // a selector taken apart
    struct matcher *items;
    size_t count;
    const struct matcher *name, *le; // NULL: none
};

static bool take_apart(const char *selector, struct arena *arena, struct selected *ret) {
    *ret = (struct selected){0};
    if (!selector_matchers(view_of(selector), arena, &ret->items, &ret->count)) return false;
    for (size_t i = 0; i < ret->count; i++) {
        if (view_is(ret->items[i].name, "__name__") && ret->items[i].type == MATCHER_EQUAL) ret->name = &ret->items[i];
        if (view_is(ret->items[i].name, "le")) ret->le = &ret->items[i];
    }
    return ret->name != NULL;
}

// The name without the end, as text; NULL when it ends otherwise.
static const char *stem_of(const struct selected *s, const char *end, struct arena *arena) {
    struct view name = s->name->value;
    size_t len = strlen(end);
    if (name.len <= len || memcmp(name.ptr + name.len - len, end, len) != 0) return NULL;
    return arena_strndup(arena, name.ptr, name.len - len);
}

static bool has_end(const char *selector, const char *const *ends, size_t count, struct arena *arena) {
    struct selected s;
    if (!take_apart(selector, arena, &s)) return false;
    for (size_t i = 0; i < count; i++) {
        if (stem_of(&s, ends[i], arena) != NULL) return true;
    }
    return false;
}

bool openslo_query_is_buckets(const char *selector, struct arena *arena) {
    struct selected s;
    return take_apart(selector, arena, &s) && s.le == NULL && stem_of(&s, "_bucket", arena) != NULL;
}

bool openslo_query_is_up(const char *selector, struct arena *arena) {
    static const char *const ends[] = {"_up", "_success"};
    struct selected s;
    return (take_apart(selector, arena, &s) && view_is(s.name->value, "up")) || has_end(selector, ends, 2, arena);
}

bool openslo_query_is_counter(const char *selector, struct arena *arena) {
    static const char *const ends[] = {"_total", "_count", "_bucket"};
    return has_end(selector, ends, 3, arena);
}

// All matchers but those of name and bound, in one text.
static const char *others_of(const struct selected *s, struct arena *arena) {
    static const char *const signs[] = {"=", "!=", "=~", "!~"};
    struct buf text;
    buf_init(&text, MOST_SELECTOR_BYTES);
    for (size_t i = 0; i < s->count; i++) {
        const struct matcher *m = &s->items[i];
        if (m == s->name || m == s->le) continue;
        if (text.len > 0) buf_char(&text, ',');
        selector_matcher(&text, arena_strndup(arena, m->name.ptr, m->name.len), signs[m->type],
                         arena_strndup(arena, m->value.ptr, m->value.len));
    }
    const char *copy = arena_strdup(arena, buf_text(&text));
    buf_finish(&text);
    return copy;
}

bool openslo_query_bucket(const char *good, const char *total, struct arena *arena, const char **ret_histogram, const char **ret_bound) {
    struct selected g, t;
    if (!take_apart(good, arena, &g) || !take_apart(total, arena, &t) || g.le == NULL || g.le->type != MATCHER_EQUAL) return false;
    const char *stem = stem_of(&g, "_bucket", arena), *count = stem_of(&t, "_count", arena), *all = stem_of(&t, "_bucket", arena);
    bool is_all = t.le != NULL && t.le->type == MATCHER_EQUAL && view_is(t.le->value, "+Inf");
    const char *of = count != NULL && t.le == NULL ? count : is_all ? all : NULL;
    if (stem == NULL || of == NULL || strcmp(stem, of) != 0 || strcmp(others_of(&g, arena), others_of(&t, arena)) != 0) return false;
    const char *bound = arena_strndup(arena, g.le->value.ptr, g.le->value.len);
    char *end;
    double value = strtod(bound, &end);
    if (end == bound || *end != '\0' || !(value > 0) || !isfinite(value)) return false;
    const char *others = others_of(&g, arena);
    *ret_histogram = *others != '\0' ? arena_printf(arena, "%s_bucket{%s}", stem, others) : arena_printf(arena, "%s_bucket", stem);
    *ret_bound = bound;
    return true;
}
