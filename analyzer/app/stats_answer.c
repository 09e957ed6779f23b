// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats_answer.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timetext.h"
#include "exporters/report.h"

#define LONGEST_DURATION_S 3e9 // what duration_format() writes sensibly: about a hundred years

static struct answer_row *add_row(struct stats_answer *answer, const char *key, enum answer_kind kind, const char *meaning) {
    assert(answer->row_count < MOST_ANSWER_ROWS);
    struct answer_row *row = &answer->rows[answer->row_count++];
    *row = (struct answer_row){.key = key, .meaning = meaning, .kind = kind};
    return row;
}

void answer_number(struct stats_answer *answer, const char *key, double value, const char *meaning) {
    add_row(answer, key, ANSWER_NUMBER, meaning)->number = value;
}

void answer_seconds(struct stats_answer *answer, const char *key, double value, const char *meaning) {
    add_row(answer, key, ANSWER_SECONDS, meaning)->number = value;
}

void answer_count(struct stats_answer *answer, const char *key, uint64_t value, const char *meaning) {
    add_row(answer, key, ANSWER_COUNT, meaning)->count = value;
}

void answer_word(struct stats_answer *answer, const char *key, const char *value, const char *meaning) {
    add_row(answer, key, ANSWER_WORD, meaning)->word = value;
}

void answer_flag(struct stats_answer *answer, const char *key, bool value, const char *meaning) {
    add_row(answer, key, ANSWER_FLAG, meaning)->flag = value;
}

void answer_p_values(struct stats_answer *answer, const char *key, const struct p_values *p) {
    answer_number(answer, arena_printf(answer->arena, "%s.two_sided", key), p->two_sided, "small when the sides differ");
    answer_number(answer, arena_printf(answer->arena, "%s.less", key), p->less, "small when the first is smaller");
    answer_number(answer, arena_printf(answer->arena, "%s.greater", key), p->greater, "small when the first is larger");
}

double *answer_table(struct stats_answer *answer, const char *key, const char *const *columns, size_t width, size_t height) {
    double *cells = arena_array(answer->arena, width * height + 1, sizeof *cells);
    answer->table = (struct answer_table){key, columns, width, height, cells};
    return cells;
}

void answer_say(struct stats_answer *answer, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(answer->arena, (size_t)(len > 0 ? len : 0) + 1);
    vsnprintf(text, (size_t)(len > 0 ? len : 0) + 1, format, again);
    va_end(again);
    answer->says = text;
}

static void put_number(struct buf *out, double value, int digits) {
    if (isfinite(value))
        buf_printf(out, "%.*g", digits, value == 0 ? 0 : value); // no "-0"
    else
        buf_double(out, value);
}

static const char *kept(struct stats_answer *answer, struct buf *text) {
    const char *copy = arena_strdup(answer->arena, buf_text(text));
    buf_finish(text);
    return copy;
}

const char *answer_short(struct stats_answer *answer, double value) {
    struct buf text;
    buf_init(&text, 64);
    put_number(&text, value, fabs(value) >= 1000 ? 6 : 3);
    return kept(answer, &text);
}

const char *answer_p(struct stats_answer *answer, double p) {
    return p == 0 ? "p below 1e-300" : arena_printf(answer->arena, "p %s", answer_short(answer, p));
}

const char *answer_percent(struct stats_answer *answer, double share) {
    struct buf text;
    buf_init(&text, 64);
    put_number(&text, 100 * share, share > 0.999 && share < 1 ? 12 : 4);
    buf_char(&text, '%');
    return kept(answer, &text);
}

static void put_duration(struct buf *out, double seconds) {
    if (seconds >= 1 && seconds <= LONGEST_DURATION_S) {
        duration_format(out, (int64_t)(seconds < 60 ? round(seconds * 1000) : round(seconds) * 1000));
    } else {
        put_number(out, seconds, 3);
        buf_char(out, 's');
    }
}

const char *answer_duration(struct stats_answer *answer, double seconds) {
    struct buf text;
    buf_init(&text, 64);
    put_duration(&text, seconds);
    return kept(answer, &text);
}

static void put_row_value(struct buf *out, const struct answer_row *row) {
    switch (row->kind) {
    case ANSWER_NUMBER:
        put_number(out, row->number, 10);
        return;
    case ANSWER_SECONDS:
        put_number(out, row->number, 10);
        if (row->number >= 60 && row->number <= LONGEST_DURATION_S) {
            buf_str(out, " (");
            put_duration(out, row->number);
            buf_char(out, ')');
        }
        return;
    case ANSWER_COUNT:
        buf_i64(out, (int64_t)row->count);
        return;
    case ANSWER_WORD:
        buf_str(out, row->word);
        return;
    case ANSWER_FLAG:
        buf_str(out, row->flag ? "yes" : "no");
        return;
    }
}

// Puts `text` and blanks up to `width` characters.
static void put_padded(struct buf *out, const char *text, size_t width) {
    size_t len = strlen(text);
    buf_str(out, text);
    buf_repeat(out, ' ', len < width ? width - len : 0);
}

static size_t longer(size_t width, size_t len) {
    return len > width ? len : width;
}

static void put_rows(struct buf *out, const struct stats_answer *answer) {
    size_t keys = 0, values = 0;
    struct buf value;
    buf_init(&value, 4096);
    for (int pass = 0; pass < 2; pass++) { // measures, then writes
        for (size_t i = 0; i < answer->row_count; i++) {
            const struct answer_row *row = &answer->rows[i];
            buf_clear(&value);
            put_row_value(&value, row);
            keys = longer(keys, strlen(row->key));
            values = longer(values, value.len);
            if (pass == 0) continue;
            buf_str(out, "  ");
            put_padded(out, row->key, keys + 2);
            put_padded(out, buf_text(&value), row->meaning[0] != '\0' ? values + 2 : 0);
            buf_printf(out, "%s\n", row->meaning);
        }
    }
    buf_finish(&value);
}

static void put_cell(struct buf *out, const struct answer_table *table, size_t row, size_t column) {
    buf_clear(out);
    if (row == 0)
        buf_str(out, table->columns[column]);
    else
        put_number(out, table->cells[(row - 1) * table->width + column], 10);
}

static void put_table(struct buf *out, const struct answer_table *table) {
    size_t widths[MOST_ANSWER_ROWS] = {0};
    struct buf cell;
    assert(table->width <= MOST_ANSWER_ROWS);
    buf_init(&cell, 4096);
    for (int pass = 0; pass < 2; pass++) { // measures, then writes; the names are row 0
        for (size_t row = 0; row <= table->height; row++) {
            for (size_t i = 0; i < table->width; i++) {
                put_cell(&cell, table, row, i);
                widths[i] = longer(widths[i], cell.len);
                if (pass == 0) continue;
                buf_str(out, "  ");
                put_padded(out, buf_text(&cell), i + 1 < table->width ? widths[i] : 0);
            }
            if (pass == 1) buf_char(out, '\n');
        }
    }
    buf_finish(&cell);
}

static void put_inputs(struct buf *out, const struct answer_heading *heading) {
    for (size_t i = 0; i < heading->input_count; i++) {
        const struct answer_input *input = &heading->inputs[i];
        buf_printf(out, "%s%s %zu value%s", i == 0 ? ": " : ", ", input->name, input->count, input->count == 1 ? "" : "s");
        if (input->missing > 0) buf_printf(out, " and %zu missing", input->missing);
    }
}

void answer_text(const struct stats_answer *answer, const struct answer_heading *heading, struct buf *out) {
    buf_str(out, heading->method);
    put_inputs(out, heading);
    buf_printf(out, "\n%s\n\n", answer->says);
    put_rows(out, answer);
    if (answer->table.key == NULL) return;
    if (answer->row_count > 0) buf_char(out, '\n');
    put_table(out, &answer->table);
}

static json_t *number_json(double value) {
    if (isnan(value)) return json_string("NaN");
    return isinf(value) ? json_string(value > 0 ? "+Inf" : "-Inf") : json_real(value);
}

static json_t *row_json(const struct answer_row *row) {
    switch (row->kind) {
    case ANSWER_NUMBER:
    case ANSWER_SECONDS:
        break;
    case ANSWER_COUNT:
        return json_integer((json_int_t)row->count);
    case ANSWER_WORD:
        return json_string(row->word);
    case ANSWER_FLAG:
        return json_boolean(row->flag);
    }
    return number_json(row->number);
}

static void add_row_json(json_t *doc, const struct answer_row *row) {
    const char *dot = strchr(row->key, '.');
    if (dot == NULL) {
        json_object_set_new(doc, row->key, row_json(row));
        return;
    }
    char outer[64];
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - row->key), row->key);
    if (json_object_get(doc, outer) == NULL) json_object_set_new(doc, outer, json_object());
    json_object_set_new(json_object_get(doc, outer), dot + 1, row_json(row));
}

static json_t *table_json(const struct answer_table *table) {
    json_t *list = json_array();
    for (size_t row = 0; row < table->height; row++) {
        json_t *line = json_object();
        for (size_t i = 0; i < table->width; i++)
            json_object_set_new(line, table->columns[i], number_json(table->cells[row * table->width + i]));
        json_array_append_new(list, line);
    }
    return list;
}

static json_t *inputs_json(const struct answer_heading *heading) {
    json_t *list = json_array();
    for (size_t i = 0; i < heading->input_count; i++) {
        const struct answer_input *input = &heading->inputs[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "name", input->name, "count", (json_int_t)input->count, "missing",
                                              (json_int_t)input->missing));
    }
    return list;
}

bool answer_json(const struct stats_answer *answer, const struct answer_heading *heading, struct buf *out, struct error *err) {
    json_t *doc = json_pack("{s:s, s:s, s:s}", "method", heading->method, "status", heading->status, "says", answer->says);
    if (heading->input_count > 0) json_object_set_new(doc, "inputs", inputs_json(heading));
    for (size_t i = 0; i < answer->row_count; i++) add_row_json(doc, &answer->rows[i]);
    if (answer->table.key != NULL) json_object_set_new(doc, answer->table.key, table_json(&answer->table));
    bool ok = report_json(out, doc, err);
    json_decref(doc);
    return ok;
}
