// SPDX-License-Identifier: GPL-3.0-or-later
#include "regex.h"

#include <string.h>

#define MOST_DEPTH 1000 // of groups; RE2 in Go stops there too
#define MOST_REPEATS 1000

struct cursor {
    const char *p, *end;
    size_t depth;  // open groups
    bool operand;  // something to repeat stands before
    bool repeated; // and was repeated already
};

static bool at(const struct cursor *c, const char *text) {
    size_t len = strlen(text);
    return (size_t)(c->end - c->p) >= len && memcmp(c->p, text, len) == 0;
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// After a backslash. \Q...\E takes everything up to \E.
static const char *read_escape(struct cursor *c, bool in_class) {
    if (c->p == c->end) return "ends in a backslash";
    char e = *c->p++;
    if (e >= '1' && e <= '9') {
        if (e <= '7' && c->p < c->end && is_octal(*c->p)) return NULL; // octal
        return "has a backreference: RE2 has none";
    }
    if (e == 'Q' && !in_class) {
        while (c->p < c->end && !at(c, "\\E")) c->p++;
        if (c->p < c->end) c->p += 2;
        return NULL;
    }
    static const char letters[] = "dDsSwWpPafnrtv0x";
    if (!is_word(e) || strchr(letters, e) != NULL) return NULL;
    if (!in_class && strchr("bBAzC", e) != NULL) return e == 'C' ? "has \\C, which RE2 in Prometheus does not take" : NULL;
    return "has an escape that RE2 does not know";
}

static const char *read_class(struct cursor *c) {
    if (c->p < c->end && *c->p == '^') c->p++;
    for (bool first = true; c->p < c->end; first = false) {
        if (*c->p == ']' && !first) {
            c->p++;
            return NULL;
        }
        const char *posix_end = NULL;
        if (at(c, "[:")) {
            for (const char *q = c->p + 2; q + 1 < c->end && posix_end == NULL; q++) {
                if (q[0] == ':' && q[1] == ']') posix_end = q + 2;
            }
        }
        if (posix_end != NULL) {
            c->p = posix_end;
        } else if (*c->p++ == '\\') {
            const char *fault = read_escape(c, true);
            if (fault != NULL) return fault;
        } else if (c->end - c->p >= 2 && c->p[0] == '-' && is_word(c->p[1]) && is_word(c->p[-1]) && c->p[1] < c->p[-1]) {
            return "has a range in [] whose ends are the wrong way round";
        }
    }
    return "has a [ that is not closed";
}

// After "(?": flags, a name, or what RE2 has not.
static const char *read_group_kind(struct cursor *c) {
    if (at(c, "=") || at(c, "!") || at(c, "<=") || at(c, "<!")) return "looks ahead or behind: RE2 has no lookaround";
    if (at(c, ">")) return "has an atomic group: RE2 has none";
    if (at(c, "P=") || at(c, "P>")) return "has a backreference: RE2 has none";
    if (at(c, "P<") || at(c, "<")) {
        c->p += at(c, "P<") ? 2 : 1;
        const char *name = c->p;
        while (c->p < c->end && is_word(*c->p)) c->p++;
        if (c->p == name || c->p == c->end || *c->p != '>') return "has a group name that is not closed by >";
        c->p++;
        return NULL;
    }
    while (c->p < c->end && strchr("imsU-", *c->p) != NULL) c->p++;
    if (c->p == c->end || (*c->p != ':' && *c->p != ')')) return "has a (? that RE2 does not know";
    if (*c->p == ')') c->depth--; // flags only: no group
    c->p++;
    return NULL;
}

static const char *read_group(struct cursor *c) {
    c->operand = false;
    if (++c->depth > MOST_DEPTH) return "has groups nested too deep";
    if (!at(c, "?")) return NULL;
    c->p++;
    return read_group_kind(c);
}

static const char *close_group(struct cursor *c) {
    if (c->depth == 0) return "has a ) without its (";
    c->depth--;
    c->operand = true;
    c->repeated = false;
    return NULL;
}

static const char *repeat(struct cursor *c) {
    if (!c->operand) return "has nothing before a repetition (*, +, ? or {n,m})";
    if (c->repeated) return "repeats a repetition";
    if (at(c, "?")) c->p++; // lazy
    c->repeated = true;
    return NULL;
}

static bool read_count(const char **p, const char *end, int *ret) {
    const char *from = *p;
    int n = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
        if (n <= MOST_REPEATS) n = n * 10 + (**p - '0');
    }
    *ret = n;
    return *p > from;
}

// After {. What is not {n}, {n,} or {n,m} is an ordinary brace.
static const char *read_braces(struct cursor *c) {
    const char *p = c->p;
    int least, most;
    bool counted = read_count(&p, c->end, &least);
    most = least;
    if (counted && p < c->end && *p == ',') {
        p++;
        if (!read_count(&p, c->end, &most)) most = least;
    }
    if (!counted || p == c->end || *p != '}') {
        c->operand = true;
        c->repeated = false;
        return NULL;
    }
    c->p = p + 1;
    if (least > MOST_REPEATS || most > MOST_REPEATS) return "repeats more than 1000 times";
    if (most < least) return "has a {n,m} whose ends are the wrong way round";
    return repeat(c);
}

static const char *read_one(struct cursor *c) {
    char here = *c->p++;
    if (here == '(') return read_group(c);
    if (here == ')') return close_group(c);
    if (here == '*' || here == '+' || here == '?') return repeat(c);
    if (here == '{') return read_braces(c);
    c->operand = here != '|';
    c->repeated = false;
    if (here == '\\') return read_escape(c, false);
    return here == '[' ? read_class(c) : NULL;
}

const char *regex_fault(struct view pattern) {
    struct cursor c = {.p = pattern.ptr, .end = pattern.ptr + pattern.len};
    while (c.p < c.end) {
        const char *fault = read_one(&c);
        if (fault != NULL) return fault;
    }
    return c.depth > 0 ? "has a ( that is not closed" : NULL;
}
