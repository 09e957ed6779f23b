// SPDX-License-Identifier: GPL-3.0-or-later
// One scanner over the expression: a place in it, and readers that move it on or say what is wrong there.
#include "query/selector.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "regex.h"

#define MOST_PATTERN_BYTES ((size_t)1 << 20)

struct scanner {
    const char *start, *p, *end;
    struct error *err;
    struct arena *arena; // of the matchers; NULL when they are only checked
    struct matcher *matchers;
    size_t count, cap;
};

static bool fault_at(const struct scanner *s, const char *place, const char *text) {
    return error_set(s->err, ERROR_CONFIG, "at byte %zu: %s", (size_t)(place - s->start) + 1, text);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void skip_blanks(struct scanner *s) {
    for (; s->p < s->end && (strchr(" \t\r\n", *s->p) != NULL || *s->p == '#') && *s->p != '\0'; s->p++) {
        if (*s->p != '#') continue;
        while (s->p + 1 < s->end && s->p[1] != '\n') s->p++;
    }
}

// A name, with colons when it is a metric's; empty when there is none.
static struct view read_name(struct scanner *s, bool colons) {
    const char *from = s->p;
    while (s->p < s->end && (is_name_start(*s->p) || (colons && *s->p == ':') || (s->p > from && is_digit(*s->p)))) s->p++;
    return (struct view){from, (size_t)(s->p - from)};
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned hex_value(char c) {
    return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

static void put_code_point(struct buf *out, uint32_t code) {
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    unsigned len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    buf_char(out, (char)(marks[len] | (code >> (6 * (len - 1)))));
    for (unsigned i = len - 1; i-- > 0;) buf_char(out, (char)(0x80 | (code >> (6 * i) & 0x3F)));
}

// \x41 and \101 are bytes, \u00e9 and \U0001f600 characters.
static bool read_numeric_escape(struct scanner *s, char kind, struct buf *out) {
    size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 3;
    uint32_t base = kind >= '0' && kind <= '7' ? 8 : 16, value = 0;
    if (base == 8) s->p--;
    for (size_t i = 0; i < digits; i++, s->p++) {
        if (s->p == s->end || !is_hex(*s->p) || hex_value(*s->p) >= base) return false;
        value = value * base + hex_value(*s->p);
    }
    if (kind == 'u' || kind == 'U') {
        put_code_point(out, value);
    } else {
        buf_char(out, (char)(value & 0xFF));
    }
    return base == 16 || value <= 0xFF;
}

static bool read_escape(struct scanner *s, char quote, struct buf *out) {
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    const char *from = s->p - 1;
    if (s->p == s->end) return fault_at(s, from, "the string is not closed");
    char e = *s->p++;
    const char *known = e != '\0' ? strchr(letters, e) : NULL;
    if (known != NULL) {
        buf_char(out, values[known - letters]);
    } else if (e == quote) {
        buf_char(out, quote);
    } else if ((strchr("xuU", e) == NULL && !(e >= '0' && e <= '7')) || e == '\0' || !read_numeric_escape(s, e, out)) {
        return fault_at(s, from, "unknown escape in a string; a backslash for the pattern is written twice, as in \"\\\\d\"");
    }
    return true;
}

// A string in any of the three quotes, with what it stands for appended to out.
static bool read_string(struct scanner *s, struct buf *out) {
    const char *from = s->p;
    char quote = *s->p++;
    while (s->p < s->end) {
        char c = *s->p++;
        if (c == quote) return true;
        if (c == '\n' && quote != '`') break;
        if (c == '\\' && quote != '`') {
            if (!read_escape(s, quote, out)) return false;
        } else {
            buf_char(out, c);
        }
    }
    return fault_at(s, from, "the string is not closed");
}

static bool at_quote(const struct scanner *s) {
    return s->p < s->end && (*s->p == '"' || *s->p == '\'' || *s->p == '`');
}

static struct view keep_text(struct scanner *s, const char *text, size_t len) {
    return (struct view){arena_strndup(s->arena, text, len), len};
}

static void keep_matcher(struct scanner *s, enum matcher_type type, struct view name, struct view value) {
    if (s->arena == NULL) return;
    void *items = s->matchers;
    mem_grow(&items, &s->cap, s->count, sizeof *s->matchers);
    s->matchers = items;
    s->matchers[s->count++] = (struct matcher){type, keep_text(s, name.ptr, name.len), keep_text(s, value.ptr, value.len)};
}

static bool skip_string(struct scanner *s) {
    struct buf ignored;
    buf_init(&ignored, MOST_PATTERN_BYTES);
    bool ok = read_string(s, &ignored);
    buf_finish(&ignored);
    return ok;
}

static bool read_operator(struct scanner *s, enum matcher_type *ret_type) {
    const char *from = s->p;
    size_t left = (size_t)(s->end - s->p);
    bool two = left >= 2 && ((s->p[0] == '=' && s->p[1] == '~') || (s->p[0] == '!' && (s->p[1] == '=' || s->p[1] == '~')));
    if (!two && (left == 0 || *s->p != '=' || (left >= 2 && s->p[1] == '='))) {
        return fault_at(s, from, "expected one of the operators = != =~ !~ after a label name");
    }
    bool regex = two && s->p[1] == '~', negative = *s->p == '!';
    *ret_type = regex ? (negative ? MATCHER_NOT_REGEX : MATCHER_REGEX) : negative ? MATCHER_NOT_EQUAL : MATCHER_EQUAL;
    s->p += two ? 2 : 1;
    return true;
}

static bool read_value(struct scanner *s, enum matcher_type type, struct buf *out) {
    const char *from = s->p;
    if (!at_quote(s)) return fault_at(s, from, "expected a value in quotes");
    if (!read_string(s, out)) return false;
    bool regex = type == MATCHER_REGEX || type == MATCHER_NOT_REGEX;
    const char *fault = regex ? regex_fault((struct view){buf_text(out), out->len}) : NULL;
    if (fault == NULL) return true;
    return error_set(s->err, ERROR_CONFIG, "at byte %zu: the pattern \"%.200s\" %s", (size_t)(from - s->start) + 1, buf_text(out), fault);
}

static bool read_matcher_name(struct scanner *s, struct buf *out) {
    if (at_quote(s)) return read_string(s, out);
    struct view name = read_name(s, false);
    buf_bytes(out, name.ptr, name.len);
    return name.len > 0 || fault_at(s, s->p, s->p == s->end ? "the { is not closed" : "expected a label name");
}

// label op "value", or "a metric name" in quotes alone.
static bool read_matcher(struct scanner *s) {
    enum matcher_type type = MATCHER_EQUAL;
    struct buf name, value;
    buf_init(&name, MOST_PATTERN_BYTES);
    buf_init(&value, MOST_PATTERN_BYTES);
    bool quoted = at_quote(s), ok = read_matcher_name(s, &name);
    skip_blanks(s);
    bool alone = ok && quoted && s->p < s->end && (*s->p == ',' || *s->p == '}');
    if (ok && !alone) {
        ok = read_operator(s, &type);
        skip_blanks(s);
        ok = ok && read_value(s, type, &value);
    }
    struct view left = {buf_text(&name), name.len}, right = {buf_text(&value), value.len};
    if (ok) keep_matcher(s, type, alone ? view_of("__name__") : left, alone ? left : right);
    buf_finish(&name);
    buf_finish(&value);
    return ok;
}

// From { to }.
static bool read_matchers(struct scanner *s) {
    const char *from = s->p++;
    for (;;) {
        skip_blanks(s);
        if (s->p < s->end && *s->p == '}') break;
        if (s->p == s->end) return fault_at(s, from, "the { is not closed");
        if (!read_matcher(s)) return false;
        skip_blanks(s);
        if (s->p < s->end && *s->p == ',') {
            s->p++;
        } else if (s->p < s->end && *s->p != '}') {
            return fault_at(s, s->p, "expected , or } after a matcher");
        }
    }
    s->p++;
    return true;
}

static bool read_selector(struct scanner *s) {
    skip_blanks(s);
    struct view name = read_name(s, true);
    bool number = name.len == 3 && (strncasecmp(name.ptr, "nan", 3) == 0 || strncasecmp(name.ptr, "inf", 3) == 0);
    if (name.len > 0) keep_matcher(s, MATCHER_EQUAL, view_of("__name__"), name);
    skip_blanks(s);
    bool braces = s->p < s->end && *s->p == '{';
    if (number || (name.len == 0 && !braces) || (braces && !read_matchers(s))) return false;
    skip_blanks(s);
    return s->p == s->end && memchr(s->start, '#', (size_t)(s->end - s->start)) == NULL; // after a comment no window could be written
}

bool selector_is_plain(struct view expr) {
    struct scanner s = {.start = expr.ptr, .p = expr.ptr, .end = expr.ptr + expr.len};
    return read_selector(&s);
}

bool selector_matchers(struct view expr, struct arena *arena, struct matcher **ret_matchers, size_t *ret_count) {
    struct scanner s = {.start = expr.ptr, .p = expr.ptr, .end = expr.ptr + expr.len, .arena = arena};
    bool plain = read_selector(&s);
    if (plain) {
        *ret_matchers = arena_array(arena, s.count, sizeof **ret_matchers);
        if (s.count > 0) memcpy(*ret_matchers, s.matchers, s.count * sizeof **ret_matchers);
        *ret_count = s.count;
    }
    free(s.matchers);
    return plain;
}

static bool is_one_of(struct view word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (word.len == strlen(words[i]) && strncasecmp(word.ptr, words[i], word.len) == 0) return true;
    }
    return false;
}

// Words that name no metric; some of them are followed by a list of labels.
static bool is_keyword(struct view word) {
    static const char *const words[] = {
        "by",     "without", "on",  "ignoring", "group_left", "group_right", "and",   "or",    "unless",           "bool",
        "offset", "atan2",   "nan", "inf",      "default",    "if",          "ifnot", "limit", "keep_metric_names"};
    return is_one_of(word, words, sizeof words / sizeof words[0]);
}

static void skip_past(struct scanner *s, char c) {
    while (s->p < s->end && *s->p != c) s->p++;
    if (s->p < s->end) s->p++;
}

// After a name: whether it is that of a metric.
static bool names_metric(struct scanner *s, struct view name) {
    static const char *const groupings[] = {"by", "without"};
    skip_blanks(s);
    bool list = s->p < s->end && *s->p == '(';
    if (is_keyword(name)) {
        if (list) skip_past(s, ')');
        return false;
    }
    struct scanner ahead = *s;
    return !list && !is_one_of(read_name(&ahead, false), groupings, 2);
}

bool selector_next(struct view expr, size_t *at, struct view *ret) {
    struct scanner s = {.start = expr.ptr, .p = expr.ptr + *at, .end = expr.ptr + expr.len};
    for (skip_blanks(&s); s.p < s.end; skip_blanks(&s)) {
        const char *from = s.p;
        struct view name = read_name(&s, true);
        bool found = name.len > 0 ? names_metric(&s, name) : *s.p == '{';
        if (found) {
            const char *end = from + name.len;
            if (s.p < s.end && *s.p == '{' && !read_matchers(&s)) return false;
            if (s.p > end && s.p[-1] == '}') end = s.p;
            *ret = (struct view){from, (size_t)(end - from)};
            *at = (size_t)(s.p - s.start);
            return true;
        }
        if (name.len > 0) continue;
        if (at_quote(&s)) {
            if (!skip_string(&s)) return false;
        } else if (*s.p == '[') {
            skip_past(&s, ']');
        } else {
            bool number = is_digit(*s.p++);
            while (number && s.p < s.end && (is_digit(*s.p) || is_name_start(*s.p) || *s.p == '.')) s.p++;
        }
    }
    return false;
}

bool selector_check_matchers(struct view expr, struct error *err) {
    struct scanner s = {.start = expr.ptr, .p = expr.ptr, .end = expr.ptr + expr.len, .err = err};
    for (skip_blanks(&s); s.p < s.end; skip_blanks(&s)) {
        if (at_quote(&s)) {
            if (!skip_string(&s)) return false;
        } else if (*s.p == '{') {
            if (!read_matchers(&s)) return false;
        } else if (*s.p == '}') {
            return fault_at(&s, s.p, "a } without its {");
        } else {
            s.p++;
        }
    }
    return true;
}

static bool is_window_function(struct view name) {
    static const char *const names[] = {"start",           "end",          "range",         "keep_last_value",
                                        "keep_next_value", "interpolate",  "remove_resets", "smooth_exponential",
                                        "outliersk",       "outliers_iqr", "outliers_mad",  "drop_common_labels"};
    static const char *const prefixes[] = {"range_", "running_", "topk_", "bottomk_"};
    if (is_one_of(name, names, sizeof names / sizeof names[0])) return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (name.len > strlen(prefixes[i]) && strncasecmp(name.ptr, prefixes[i], strlen(prefixes[i])) == 0) return true;
    }
    return false;
}

bool selector_sees_window(struct view expr) {
    struct scanner s = {.start = expr.ptr, .p = expr.ptr, .end = expr.ptr + expr.len};
    for (skip_blanks(&s); s.p < s.end; skip_blanks(&s)) {
        struct view name = read_name(&s, true);
        if (name.len > 0) {
            skip_blanks(&s);
            if (s.p < s.end && *s.p == '(' && is_window_function(name)) return true;
        } else if (at_quote(&s)) {
            if (!skip_string(&s)) return true;
        } else {
            s.p++;
            while (s.p < s.end && is_digit(*s.p)) s.p++; // so that 1h is no name
        }
    }
    return false;
}

static bool is_legacy_name(const char *name) {
    struct scanner s = {.start = name, .p = name, .end = name + strlen(name)};
    return read_name(&s, false).len > 0 && s.p == s.end;
}

static void quote(struct buf *buf, const char *text) {
    buf_char(buf, '"');
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            buf_str(buf, "\\n");
        } else {
            if (*text == '"' || *text == '\\') buf_char(buf, '\\');
            buf_char(buf, *text);
        }
    }
    buf_char(buf, '"');
}

void selector_matcher(struct buf *buf, const char *name, const char *op, const char *value) {
    if (is_legacy_name(name)) {
        buf_str(buf, name);
    } else {
        quote(buf, name);
    }
    buf_str(buf, op);
    quote(buf, value);
}
