// SPDX-License-Identifier: GPL-3.0-or-later
#include "openslo_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"

enum { MOST_DIGITS = 40, MOST_KNOWN = 40 };

bool openslo_refuse(struct openslo_reader *r, struct openslo_at at, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const struct yaml_node *node = at.node != NULL ? at.node : at.document->root;
    findings_add(r->findings, FINDING_ERROR, at.document->file, node->line, node->column, at.path, "%s", text);
    return false;
}

static const char *joined(struct openslo_reader *r, const char *path, const char *key) {
    return *path == '\0' ? arena_strdup(r->arena, key) : arena_printf(r->arena, "%s.%s", path, key);
}

struct openslo_at openslo_get(struct openslo_reader *r, struct openslo_at at, const char *key) {
    const struct yaml_node *node = yaml_get(at.node, key);
    if (yaml_is_null(node)) node = NULL;
    return (struct openslo_at){at.document, node, joined(r, at.path, key)};
}

struct openslo_at openslo_item(struct openslo_reader *r, struct openslo_at list, size_t i) {
    return (struct openslo_at){list.document, list.node->items[i], arena_printf(r->arena, "%s[%zu]", list.path, i)};
}

const char *openslo_text(struct openslo_reader *r, struct openslo_at at, const char *key, bool needed) {
    struct openslo_at found = openslo_get(r, at, key);
    if (found.node != NULL && found.node->kind == YAML_SCALAR) return found.node->text;
    if (found.node != NULL) {
        openslo_refuse(r, found, "expected text, found %s", yaml_kind_name(found.node));
    } else if (needed) {
        openslo_refuse(r, (struct openslo_at){at.document, at.node, found.path}, "is missing");
    }
    return NULL;
}

bool openslo_keys(struct openslo_reader *r, struct openslo_at at, const char *const *known) {
    bool ok = true;
    size_t count = 0;
    while (known[count] != NULL && count < MOST_KNOWN) count++;
    if (at.node == NULL) return openslo_refuse(r, at, "is missing");
    if (at.node->kind != YAML_MAP) return openslo_refuse(r, at, "expected a map, found %s", yaml_kind_name(at.node));
    for (size_t i = 0; i < at.node->count; i++) {
        const struct yaml_node *key = at.node->pairs[i].key;
        size_t k = 0;
        while (k < count && strcmp(known[k], key->text) != 0) k++;
        if (k < count) continue;
        const char *near = nearest_word(view_of(key->text), known, count);
        ok = openslo_refuse(r, (struct openslo_at){at.document, key, joined(r, at.path, key->text)},
                            "is no key of OpenSLO v1 that can be imported%s%s%s", near != NULL ? "; did you mean " : "",
                            near != NULL ? near : "", near != NULL ? "?" : "");
    }
    return ok;
}

const struct openslo_document *openslo_find(const struct openslo_reader *r, const char *kind, const char *name) {
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->documents[i].kind, kind) == 0 && strcmp(r->documents[i].name, name) == 0) return &r->documents[i];
    }
    return NULL;
}

// Moves the point of "0.999" two places to the right and drops zeros that say nothing.
static const char *times_hundred(struct arena *arena, const char *text, size_t places) {
    char digits[2 * MOST_DIGITS + 8];
    size_t count = 0, point = strcspn(text, ".");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '.') digits[count++] = *c;
    }
    while (count < point + places) digits[count++] = '0';
    point += places;
    size_t first = 0;
    while (first + 1 < point && digits[first] == '0') first++;
    while (count > point && digits[count - 1] == '0') count--;
    const char *whole = arena_strndup(arena, digits + first, point - first), *rest = arena_strndup(arena, digits + point, count - point);
    return *rest != '\0' ? arena_printf(arena, "%s.%s", whole, rest) : whole;
}

const char *openslo_percent(struct openslo_reader *r, struct openslo_at at, bool is_percent) {
    const char *most = is_percent ? "100" : "1";
    const char *text = at.node->kind == YAML_SCALAR ? at.node->text : "";
    size_t digits = strspn(text, "0123456789"), decimals = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
    bool plain = digits > 0 && text[digits + (decimals > 0) + decimals] == '\0' && digits + decimals < MOST_DIGITS;
    double value = plain ? strtod(text, NULL) : 0;
    if (!plain) {
        openslo_refuse(r, at, "expected a plain decimal above 0 and below %s", most);
    } else if (!(value > 0 && value < (is_percent ? 100 : 1))) {
        openslo_refuse(r, at, "must be above 0 and below %s: %s leaves no budget at all", most, most);
    } else {
        return times_hundred(r->arena, text, is_percent ? 0 : 2);
    }
    return NULL;
}

bool openslo_duration(struct openslo_reader *r, struct openslo_at at, int64_t *ret_ms) {
    const char *text = at.node->kind == YAML_SCALAR ? at.node->text : "";
    if (duration_parse(view_of(text), ret_ms)) return true;
    return openslo_refuse(r, at, "expected a duration such as 5m, 28d or 4w: months, quarters and years have no fixed length");
}
