// SPDX-License-Identifier: GPL-3.0-or-later
// Builds the tree from libyaml's events rather than its document API, because events carry the style and place of every
// scalar and let the bounds be checked before anything is stored.
#include "base/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/mem.h"

#define MOST_DEPTH 64
#define MOST_NODES 100000

struct reader {
    yaml_parser_t parser;
    const char *file;
    struct arena *arena;
    struct findings *findings;
    size_t nodes;
};

static int place(size_t mark) {
    return mark > 1000000000 ? 1000000000 : (int)mark + 1;
}

static bool fail_at(struct reader *r, yaml_mark_t mark, const char *text) {
    findings_add(r->findings, FINDING_ERROR, r->file, place(mark.line), place(mark.column), "", "%s", text);
    return false;
}

static bool next_event(struct reader *r, yaml_event_t *event) {
    if (yaml_parser_parse(&r->parser, event)) return true;
    char text[512];
    const char *context = r->parser.context != NULL ? r->parser.context : "";
    snprintf(text, sizeof text, "not valid YAML: %s%s%s", r->parser.problem != NULL ? r->parser.problem : "unreadable bytes",
             *context ? ", " : "", context);
    yaml_mark_t mark = r->parser.problem_mark;
    if (r->parser.error == YAML_READER_ERROR) { // the reader tells bytes, not lines
        snprintf(text, sizeof text, "not valid UTF-8 at byte %zu", r->parser.problem_offset);
        mark = r->parser.mark;
    }
    return fail_at(r, mark, text);
}

static bool read_node(struct reader *r, yaml_event_t *event, int depth, struct yaml_node **ret);

static bool read_list(struct reader *r, int depth, struct yaml_node *node) {
    struct yaml_node **items = NULL;
    size_t count = 0, cap = 0;
    bool ok = false;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event)) break;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            node->items = arena_array(r->arena, count, sizeof *items);
            if (count > 0) memcpy(node->items, items, count * sizeof *items);
            node->count = count;
            ok = true;
            break;
        }
        mem_grow((void **)&items, &cap, count, sizeof *items);
        if (!read_node(r, &event, depth + 1, &items[count++])) break;
    }
    free(items);
    return ok;
}

static bool key_is_new(struct reader *r, const struct yaml_pair *pairs, size_t count, const struct yaml_node *key) {
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].key->len != key->len || memcmp(pairs[i].key->text, key->text, key->len) != 0) continue;
        findings_add(r->findings, FINDING_ERROR, r->file, key->line, key->column, key->text,
                     "this key is already set in line %d; keep one of the two", pairs[i].key->line);
        return false;
    }
    return true;
}

static bool read_map(struct reader *r, int depth, struct yaml_node *node) {
    struct yaml_pair *pairs = NULL;
    size_t count = 0, cap = 0;
    bool ok = false;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event)) break;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            node->pairs = arena_array(r->arena, count, sizeof *pairs);
            if (count > 0) memcpy(node->pairs, pairs, count * sizeof *pairs);
            node->count = count;
            ok = true;
            break;
        }
        struct yaml_pair pair;
        if (!read_node(r, &event, depth + 1, &pair.key)) break;
        if (pair.key->kind != YAML_SCALAR) {
            findings_add(r->findings, FINDING_ERROR, r->file, pair.key->line, pair.key->column, "", "a key must be plain text");
            break;
        }
        if (!next_event(r, &event) || !read_node(r, &event, depth + 1, &pair.value)) break;
        if (!key_is_new(r, pairs, count, pair.key)) continue; // a finding is there; read on for further ones
        mem_grow((void **)&pairs, &cap, count, sizeof *pairs);
        pairs[count++] = pair;
    }
    free(pairs);
    return ok;
}

static bool has_tag(const yaml_event_t *event) {
    if (event->type == YAML_SCALAR_EVENT) return event->data.scalar.tag != NULL && strcmp((const char *)event->data.scalar.tag, "!") != 0;
    if (event->type == YAML_SEQUENCE_START_EVENT) return event->data.sequence_start.tag != NULL;
    return event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag != NULL;
}

// Takes over the event.
static bool read_node(struct reader *r, yaml_event_t *event, int depth, struct yaml_node **ret) {
    struct yaml_node *node = arena_alloc(r->arena, sizeof *node);
    yaml_mark_t mark = event->start_mark;
    yaml_event_type_t type = event->type;
    node->line = place(mark.line);
    node->column = place(mark.column);
    bool tagged = has_tag(event), nul = false;
    if (type == YAML_SCALAR_EVENT) {
        node->kind = YAML_SCALAR;
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node->len = event->data.scalar.length;
        node->text = arena_strndup(r->arena, (const char *)event->data.scalar.value, node->len);
        nul = memchr(node->text, '\0', node->len) != NULL;
    }
    yaml_event_delete(event);
    *ret = node;
    if (tagged) return fail_at(r, mark, "YAML tags (!...) are not used here; write the value plainly");
    if (nul) return fail_at(r, mark, "the text contains a NUL character");
    if (type == YAML_ALIAS_EVENT) return fail_at(r, mark, "YAML aliases (*name) are not used here; write the value out");
    if (depth > MOST_DEPTH) return fail_at(r, mark, "nested more than 64 levels deep");
    if (++r->nodes > MOST_NODES) return fail_at(r, mark, "more than 100,000 values");
    if (type == YAML_SCALAR_EVENT) return true;
    node->kind = type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_MAP;
    return node->kind == YAML_LIST ? read_list(r, depth, node) : read_map(r, depth, node);
}

// Reads events up to and including `wanted`; anything else is a finding.
static bool expect(struct reader *r, yaml_event_type_t wanted, const char *otherwise) {
    yaml_event_t event;
    if (!next_event(r, &event)) return false;
    bool ok = event.type == wanted;
    if (!ok) fail_at(r, event.start_mark, otherwise);
    yaml_event_delete(&event);
    return ok;
}

bool yaml_parse(struct view text, const char *file, struct arena *arena, struct findings *findings, struct yaml_node **ret_root) {
    struct reader r = {.file = file, .arena = arena, .findings = findings};
    size_t errors = findings->errors;
    if (!yaml_parser_initialize(&r.parser)) abort();
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.ptr, text.len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_event_t event;
    bool ok = expect(&r, YAML_STREAM_START_EVENT, "not a YAML stream") && expect(&r, YAML_DOCUMENT_START_EVENT, "the file is empty") &&
              next_event(&r, &event) && read_node(&r, &event, 0, ret_root) &&
              expect(&r, YAML_DOCUMENT_END_EVENT, "the document does not end here") &&
              expect(&r, YAML_STREAM_END_EVENT, "a second document begins here; one file holds one document");
    yaml_parser_delete(&r.parser);
    return ok && findings->errors == errors;
}

// One document after its begin; a document with nothing in it is NULL.
static bool read_document(struct reader *r, struct yaml_node **ret_root) {
    yaml_event_t event;
    if (!next_event(r, &event) || !read_node(r, &event, 0, ret_root)) return false;
    if (yaml_is_null(*ret_root)) *ret_root = NULL;
    return expect(r, YAML_DOCUMENT_END_EVENT, "the document does not end here");
}

static bool read_documents(struct reader *r, struct yaml_node **roots, size_t *count) {
    for (;;) {
        yaml_event_t event;
        struct yaml_node *root;
        if (!next_event(r, &event)) return false;
        yaml_mark_t mark = event.start_mark;
        bool ends = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (ends) return true;
        if (*count == YAML_MOST_DOCUMENTS) return fail_at(r, mark, "more than 1,000 documents");
        if (!read_document(r, &root)) return false;
        if (root != NULL) roots[(*count)++] = root;
    }
}

bool yaml_parse_all(struct view text, const char *file, struct arena *arena, struct findings *findings, struct yaml_node ***ret_roots,
                    size_t *ret_count) {
    struct reader r = {.file = file, .arena = arena, .findings = findings};
    size_t errors = findings->errors;
    if (!yaml_parser_initialize(&r.parser)) abort();
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.ptr, text.len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    *ret_roots = arena_array(arena, YAML_MOST_DOCUMENTS, sizeof **ret_roots);
    *ret_count = 0;
    bool ok = expect(&r, YAML_STREAM_START_EVENT, "not a YAML stream") && read_documents(&r, *ret_roots, ret_count);
    yaml_parser_delete(&r.parser);
    return ok && findings->errors == errors;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key) {
    if (map == NULL || map->kind != YAML_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->pairs[i].key->text, key) == 0) return map->pairs[i].value;
    }
    return NULL;
}

bool yaml_is_null(const struct yaml_node *node) {
    if (node == NULL) return true;
    if (node->kind != YAML_SCALAR || node->quoted) return false;
    return node->len == 0 || strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0;
}

bool yaml_bool(const struct yaml_node *node, bool *ret) {
    if (node == NULL || node->kind != YAML_SCALAR || node->quoted) return false;
    bool yes = strcmp(node->text, "true") == 0;
    if (!yes && strcmp(node->text, "false") != 0) return false;
    *ret = yes;
    return true;
}

bool yaml_number(const struct yaml_node *node, double *ret) {
    if (node == NULL || node->kind != YAML_SCALAR || node->quoted || node->len == 0) return false;
    if (node->text[strspn(node->text, "+-0123456789.eE")] != '\0' || node->len > 400) return false;
    char *end;
    double value = strtod(node->text, &end); // the program keeps LC_NUMERIC at C; see app/main.c
    if (*end != '\0' || !isfinite(value)) return false;
    *ret = value;
    return true;
}

const char *yaml_kind_name(const struct yaml_node *node) {
    bool truth;
    double number;
    if (yaml_is_null(node)) return "nothing";
    if (node->kind == YAML_LIST) return "a list";
    if (node->kind == YAML_MAP) return "a map";
    if (yaml_bool(node, &truth)) return "a boolean";
    return yaml_number(node, &number) ? "a number" : "text";
}
