// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_reader.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"

static void write_path(struct buf *buf, const struct config_path *path) {
    if (path == NULL) return;
    write_path(buf, path->parent);
    if (path->key == NULL) {
        buf_printf(buf, "[%zu]", path->index);
    } else {
        buf_printf(buf, "%s%s", buf->len > 0 ? "." : "", path->key);
    }
}

static void add(struct config_reader *r, enum finding_level level, const struct yaml_node *node, const struct config_path *path,
                const char *text) {
    struct buf key;
    buf_init(&key, 512);
    write_path(&key, path);
    findings_add(r->findings, level, r->config->file, node != NULL ? node->line : 0, node != NULL ? node->column : 0, buf_text(&key), "%s",
                 text);
    buf_finish(&key);
}

void config_error(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(r, FINDING_ERROR, node, path, text);
}

void config_warn(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(r, FINDING_WARNING, node, path, text);
}

const char *config_known(struct config_reader *r, const char *word, const char *const *words, size_t count) {
    const char *near = nearest_word(view_of(word), words, count);
    if (near != NULL) return arena_printf(r->arena, "did you mean %s?", near);
    struct buf text;
    buf_init(&text, 700);
    buf_str(&text, count > 0 ? "known here: " : "nothing is defined to choose from");
    for (size_t i = 0; i < count; i++) buf_printf(&text, "%s%s", i > 0 ? ", " : "", words[i]);
    const char *copy = arena_strdup(r->arena, buf_text(&text));
    buf_finish(&text);
    return copy;
}

static const struct config_key *find_key(const struct config_key *keys, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].name, name) == 0) return &keys[i];
    }
    return NULL;
}

static void unknown_key(struct config_reader *r, const struct yaml_node *key, const struct config_path *path, const struct config_key *keys,
                        size_t count) {
    const char **words = arena_array(r->arena, count, sizeof *words);
    for (size_t i = 0; i < count; i++) words[i] = keys[i].name;
    config_error(r, key, path, "unknown key; %s", config_known(r, key->text, words, count));
}

void config_read_map(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const struct config_key *keys,
                     size_t key_count, void *object) {
    if (node->kind != YAML_MAP) {
        config_error(r, node, path, "expected a map, found %s", yaml_kind_name(node));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        struct config_path here = {path, pair->key->text, 0};
        const struct config_key *key = find_key(keys, key_count, pair->key->text);
        if (key == NULL) {
            unknown_key(r, pair->key, &here, keys, key_count);
        } else if (yaml_is_null(pair->value)) {
            config_error(r, pair->key, &here, "has no value; give one or remove the key");
        } else {
            key->read(r, pair->value, &here, (char *)object + key->offset);
        }
    }
    for (size_t i = 0; i < key_count; i++) {
        if (!keys[i].required || yaml_get(node, keys[i].name) != NULL) continue;
        config_error(r, node, path, "the key %s is missing", keys[i].name);
    }
}

void config_read_list(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, config_read_fn *read,
                      size_t size, void **ret_items, size_t *ret_count) {
    if (node->kind != YAML_LIST) {
        config_error(r, node, path, "expected a list, found %s", yaml_kind_name(node));
        return;
    }
    char *items = arena_array(r->arena, node->count, size);
    for (size_t i = 0; i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        read(r, node->items[i], &here, items + i * size);
    }
    *ret_items = items;
    *ret_count = node->count;
}

size_t config_read_word(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const char *const *words,
                        size_t count, size_t otherwise) {
    if (node->kind == YAML_SCALAR) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(node->text, words[i]) == 0) return i;
        }
        config_error(r, node, path, "%s is not a value of this key; %s", node->text, config_known(r, node->text, words, count));
    } else {
        config_error(r, node, path, "expected a word, found %s", yaml_kind_name(node));
    }
    return otherwise;
}

struct place config_place(const struct yaml_node *node) {
    return (struct place){node->line, node->column};
}

void config_text(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    bool truth;
    if (node->kind != YAML_SCALAR || yaml_bool(node, &truth)) {
        config_error(r, node, path, "expected text, found %s%s", yaml_kind_name(node),
                     node->kind == YAML_SCALAR ? "; put it in quotes" : "");
    } else if (node->len == 0) {
        config_error(r, node, path, "must not be empty");
    } else {
        *(const char **)field = node->text;
    }
}

void config_texts(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct texts *texts = field;
    if (node->kind == YAML_LIST) {
        void *items = NULL;
        config_read_list(r, node, path, config_text, sizeof(const char *), &items, &texts->count);
        texts->items = items;
        for (size_t i = 0; i < texts->count; i++) {
            if (texts->items[i] == NULL) texts->items[i] = "";
        }
    } else {
        texts->items = arena_array(r->arena, 1, sizeof *texts->items);
        texts->items[0] = "";
        texts->count = 1;
        config_text(r, node, path, &texts->items[0]);
    }
}

void config_name_values(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct name_values *values = field;
    if (node->kind != YAML_MAP) {
        config_error(r, node, path, "expected a map of names to text, found %s", yaml_kind_name(node));
        return;
    }
    values->items = arena_array(r->arena, node->count, sizeof *values->items);
    values->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        struct config_path here = {path, pair->key->text, 0};
        values->items[i] = (struct name_value){pair->key->text, "", config_place(pair->key)};
        if (pair->value->kind != YAML_SCALAR || yaml_is_null(pair->value)) {
            config_error(r, pair->value, &here, "expected text, found %s", yaml_kind_name(pair->value));
        } else {
            values->items[i].value = pair->value->text;
        }
    }
}

void config_bool(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    if (!yaml_bool(node, field)) config_error(r, node, path, "expected true or false, found %s", yaml_kind_name(node));
}

void config_number(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    if (!yaml_number(node, field)) config_error(r, node, path, "expected a number, found %s", yaml_kind_name(node));
}

void config_positive(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    double value = 1;
    config_number(r, node, path, &value);
    if (!(value > 0)) {
        config_error(r, node, path, "must be over 0");
    } else {
        *(double *)field = value;
    }
}

void config_count(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    double value;
    if (!yaml_number(node, &value) || value < 0 || value > 1e15 || value != floor(value)) {
        config_error(r, node, path, "expected a whole number, 0 or more, found %s",
                     node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node));
    } else {
        *(int64_t *)field = (int64_t)value;
    }
}

void config_percent(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct yaml_node number = *node;
    if (node->kind == YAML_SCALAR && node->len > 1 && node->text[node->len - 1] == '%') {
        number.text = arena_strndup(r->arena, node->text, node->len - 1);
        number.len--;
        number.quoted = false;
    }
    double value;
    if (!yaml_number(&number, &value) || value < 0 || value > 100) {
        config_error(r, node, path, "expected a percentage from 0 to 100, such as 85 or 85%%, found %s",
                     node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node));
    } else {
        *(double *)field = value;
    }
}

void config_duration(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t ms;
    if (node->kind != YAML_SCALAR || !duration_parse((struct view){node->text, node->len}, &ms)) {
        config_error(r, node, path, "expected a duration such as 90s, 30m or 1h30m, found %s",
                     node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node));
    } else if (ms == 0) {
        config_error(r, node, path, "must be longer than 0");
    } else {
        *(int64_t *)field = ms;
    }
}

void config_min(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct limits *limits = field;
    limits->has_min = true;
    config_number(r, node, path, &limits->min);
}

void config_max(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct limits *limits = field;
    limits->has_max = true;
    config_number(r, node, path, &limits->max);
}

void config_check_limits(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                         const struct limits *limits) {
    if (node->kind != YAML_MAP) return; // a finding is there
    if (!limits->has_min && !limits->has_max) config_error(r, node, path, "needs min, max or both");
    if (limits->has_min && limits->has_max && limits->min > limits->max) config_error(r, node, path, "min is over max");
}

void config_ignore(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    (void)r, (void)node, (void)path, (void)field;
}
