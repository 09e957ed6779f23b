// SPDX-License-Identifier: GPL-3.0-or-later
// What a method of `serin stats` answers: a sentence, rows of key, value and meaning, and at most one table. Rendered as text
// and as JSON; nothing is computed on the way, so that the two cannot disagree.
#ifndef APP_STATS_ANSWER_H
#define APP_STATS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "stats/p_values.h"

enum answer_kind { ANSWER_NUMBER, ANSWER_SECONDS, ANSWER_COUNT, ANSWER_WORD, ANSWER_FLAG };

struct answer_row {
    const char *key; // as the field is called in the room's header; "p.less" is less in p
    const char *meaning;
    enum answer_kind kind;
    double number;
    uint64_t count;
    const char *word;
    bool flag;
};

struct answer_table {
    const char *key; // NULL: there is none
    const char *const *columns;
    size_t width, height;
    double *cells; // row after row
};

enum { MOST_ANSWER_ROWS = 32 };

struct stats_answer {
    struct arena *arena; // borrowed; holds what is added
    const char *says;    // NULL until said
    struct answer_row rows[MOST_ANSWER_ROWS];
    size_t row_count;
    struct answer_table table;
};

struct answer_input { // a column that was read
    const char *name;
    size_t count, missing; // numbers; gaps among them
};

struct answer_heading { // what stands above the rows
    const char *method, *status;
    struct answer_input inputs[2];
    size_t input_count;
};

void answer_number(struct stats_answer *answer, const char *key, double value, const char *meaning);
void answer_seconds(struct stats_answer *answer, const char *key, double value, const char *meaning);
void answer_count(struct stats_answer *answer, const char *key, uint64_t value, const char *meaning);
void answer_word(struct stats_answer *answer, const char *key, const char *value, const char *meaning);
void answer_flag(struct stats_answer *answer, const char *key, bool value, const char *meaning);

// Rows KEY.two_sided, KEY.less and KEY.greater.
void answer_p_values(struct stats_answer *answer, const char *key, const struct p_values *p);

// Adds the table; the caller fills the cells returned. The names of the columns must outlive the answer.
double *answer_table(struct stats_answer *answer, const char *key, const char *const *columns, size_t width, size_t height);

__attribute__((format(printf, 2, 3))) void answer_say(struct stats_answer *answer, const char *format, ...);

// Numbers as a sentence has them: few digits, no locale.
const char *answer_short(struct stats_answer *answer, double value);
const char *answer_p(struct stats_answer *answer, double p); // "p 0.003", "p below 1e-300"
const char *answer_percent(struct stats_answer *answer, double share);
const char *answer_duration(struct stats_answer *answer, double seconds);

void answer_text(const struct stats_answer *answer, const struct answer_heading *heading, struct buf *out);
bool answer_json(const struct stats_answer *answer, const struct answer_heading *heading, struct buf *out, struct error *err);

#endif
