// SPDX-License-Identifier: GPL-3.0-or-later
#include "look_classes.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { MOST_NAME = 500 }; // bytes; a metric of a longer name has no letter

static const char *const words[] = {"pass", "high", "low", "inconclusive", "nodata", "error"}; // told apart by their first letter

static char letter_of(const json_t *metric) {
    const char *word = json_string_value(json_object_get(metric, "classification"));
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) return *word;
    }
    return '-';
}

static const char *text_of(const json_t *node) {
    const char *text = json_string_value(node);
    return text != NULL ? text : "";
}

static void print_name(struct buf *out, const json_t *metric) {
    json_t *tags = json_object_get(metric, "tags");
    const char *label;
    json_t *value;
    char before = '{';
    buf_str(out, text_of(json_object_get(metric, "name")));
    json_object_foreach(tags, label, value) {
        buf_char(out, before);
        buf_printf(out, "%s=%s", label, text_of(value));
        before = ',';
    }
    if (before == ',') buf_char(out, '}');
}

// Where the name is, or is put; LOOK_CLASSES_MOST when it has no place.
static size_t place_of(json_t *names, const char *name) {
    size_t count = json_array_size(names);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text_of(json_array_get(names, i)), name) == 0) return i;
    }
    if (count < LOOK_CLASSES_MOST && json_array_append_new(names, json_string(name)) == 0) return count;
    return LOOK_CLASSES_MOST;
}

char *look_classes_of(json_t *names, const json_t *result) {
    const json_t *metrics = json_object_get(result, "metrics");
    char found[LOOK_CLASSES_MOST + 1] = "";
    memset(found, '-', LOOK_CLASSES_MOST);
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        struct buf name;
        buf_init(&name, MOST_NAME);
        print_name(&name, json_array_get(metrics, i));
        size_t at = name.failed ? LOOK_CLASSES_MOST : place_of(names, buf_text(&name));
        if (at < LOOK_CLASSES_MOST) found[at] = letter_of(json_array_get(metrics, i));
        buf_finish(&name);
    }
    found[json_array_size(names)] = '\0';
    return mem_strdup(found);
}

bool look_classes_check(const char *text, size_t names) {
    return strlen(text) <= names && strspn(text, "phline-") == strlen(text);
}
