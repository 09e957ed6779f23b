// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc_reader.h"

#include <math.h>
#include <string.h>

#include "base/timetext.h"
#include "base/view.h"

#define MOST_COUNT INT64_C(1000000000000000) // sums and products of what a report counts stay far from overflow

const char *doc_path_of(struct doc_reader *in, struct doc_place at, const char *key) {
    return *at.path == '\0' ? key : arena_printf(in->arena, "%s.%s", at.path, key);
}

void doc_refuse(struct doc_reader *in, const char *path, const char *problem) {
    if (!in->failed) error_set(in->err, ERROR_DATA, "result document: %s %s", path, problem);
    in->failed = true;
}

// NULL after an error; JSON null is a value like others.
static const json_t *member(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = json_object_get(at.node, key);
    if (node == NULL) doc_refuse(in, doc_path_of(in, at, key), "is missing");
    return node;
}

bool doc_has(struct doc_place at, const char *key) {
    const json_t *node = json_object_get(at.node, key);
    return node != NULL && !json_is_null(node);
}

static const char *clean(struct doc_reader *in, const json_t *text) {
    return text_clean(in->arena, json_string_value(text), json_string_length(text), in->ascii);
}

const char *doc_text_or_null(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (node == NULL || json_is_null(node)) return NULL;
    if (json_is_string(node)) return clean(in, node);
    doc_refuse(in, doc_path_of(in, at, key), "must be a text or null");
    return NULL;
}

const char *doc_text(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_string(node)) return clean(in, node);
    doc_refuse(in, doc_path_of(in, at, key), "must be a text");
    return "";
}

bool doc_truth(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_boolean(node)) doc_refuse(in, doc_path_of(in, at, key), "must be true or false");
    return json_is_true(node);
}

int64_t doc_count(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_integer(node) && json_integer_value(node) >= 0 && json_integer_value(node) <= MOST_COUNT) return json_integer_value(node);
    doc_refuse(in, doc_path_of(in, at, key), "must be a whole number from 0 to 10^15");
    return 0;
}

json_t *report_iterable(const json_t *node) {
    union {
        const json_t *given;
        json_t *wanted;
    } pointer = {.given = node};
    return pointer.wanted;
}

bool doc_number_of(const json_t *node, struct report_number *ret) {
    const char *word = json_string_value(node);
    *ret = (struct report_number){0};
    if (json_is_null(node)) return true;
    ret->known = true;
    if (json_is_number(node)) {
        ret->value = json_number_value(node);
    } else if (word != NULL && strcmp(word, "NaN") == 0) {
        ret->value = (double)NAN;
    } else if (word != NULL && strcmp(word, "+Inf") == 0) {
        ret->value = (double)INFINITY;
    } else if (word != NULL && strcmp(word, "-Inf") == 0) {
        ret->value = -(double)INFINITY;
    } else {
        ret->known = false;
        return false;
    }
    return true;
}

struct report_number doc_number_or_null(struct doc_reader *in, struct doc_place at, const char *key) {
    struct report_number number;
    if (!doc_number_of(member(in, at, key), &number))
        doc_refuse(in, doc_path_of(in, at, key), "must be a number, \"NaN\", \"+Inf\", \"-Inf\" or null");
    return number;
}

double doc_number(struct doc_reader *in, struct doc_place at, const char *key) {
    struct report_number number = doc_number_or_null(in, at, key);
    if (!number.known) doc_refuse(in, doc_path_of(in, at, key), "must be a number");
    return number.value;
}

struct report_number doc_score_or_null(struct doc_reader *in, struct doc_place at, const char *key) {
    struct report_number found = doc_number_or_null(in, at, key);
    if (found.known && !(found.value >= -1e-9 && found.value <= 100 + 1e-9))
        doc_refuse(in, doc_path_of(in, at, key), "must be a number from 0 to 100");
    return found;
}

int64_t doc_wall_ms(struct doc_reader *in, struct doc_place at, const char *key) {
    const char *time = doc_text(in, at, key);
    int64_t ms = 0;
    if (!in->failed && !time_parse(view_of(time), &ms)) doc_refuse(in, doc_path_of(in, at, key), "must be a time");
    return ms;
}

struct doc_place doc_object(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_object(node)) doc_refuse(in, doc_path_of(in, at, key), "must be an object");
    return (struct doc_place){node, doc_path_of(in, at, key)};
}

struct doc_place doc_object_or_null(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_null(node)) return (struct doc_place){NULL, ""};
    return doc_object(in, at, key);
}

struct doc_place doc_list(struct doc_reader *in, struct doc_place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_array(node)) doc_refuse(in, doc_path_of(in, at, key), "must be a list");
    return (struct doc_place){node, doc_path_of(in, at, key)};
}

struct doc_place doc_item(struct doc_reader *in, struct doc_place list, size_t i) {
    struct doc_place at = {json_array_get(list.node, i), arena_printf(in->arena, "%s[%zu]", list.path, i)};
    if (!json_is_object(at.node)) doc_refuse(in, at.path, "must be an object");
    return at;
}

struct report_texts doc_texts(struct doc_reader *in, struct doc_place at, const char *key) {
    struct doc_place all = doc_list(in, at, key);
    struct report_texts texts = {.count = json_array_size(all.node)};
    texts.items = arena_array(in->arena, texts.count + 1, sizeof texts.items[0]);
    for (size_t i = 0; i < texts.count; i++) {
        const json_t *node = json_array_get(all.node, i);
        if (!json_is_string(node)) doc_refuse(in, arena_printf(in->arena, "%s[%zu]", all.path, i), "must be a text");
        texts.items[i] = json_is_string(node) ? clean(in, node) : "";
    }
    return texts;
}

struct report_labels doc_labels(struct doc_reader *in, struct doc_place at, const char *key) {
    struct doc_place all = doc_object(in, at, key);
    struct report_labels labels = {0};
    const char *name;
    json_t *value;
    labels.items = arena_array(in->arena, json_object_size(all.node) + 1, sizeof labels.items[0]);
    json_object_foreach(report_iterable(all.node), name, value) {
        struct report_label *label = &labels.items[labels.count++];
        label->name = text_clean(in->arena, name, strlen(name), in->ascii);
        label->value = "";
        if (json_is_string(value)) {
            label->value = clean(in, value);
        } else if (json_is_integer(value)) {
            label->value = arena_printf(in->arena, "%lld", (long long)json_integer_value(value));
        } else {
            doc_refuse(in, doc_path_of(in, all, label->name), "must be a text or a whole number");
        }
    }
    return labels;
}

enum text_state doc_state(struct doc_reader *in, struct doc_place at, const char *key, const struct doc_word *words) {
    const char *found = doc_text(in, at, key);
    for (; words->word != NULL; words++) {
        if (strcmp(words->word, found) == 0) return words->state;
    }
    doc_refuse(in, doc_path_of(in, at, key), arena_printf(in->arena, "is \"%.40s\", which is not known", found));
    return TEXT_ERROR;
}
