// SPDX-License-Identifier: GPL-3.0-or-later
// Methods of `serin stats`. A method is a row in the table of its family: from its parameters come parsing, help and defaults,
// from its run() the rows of an answer.
#ifndef APP_STATS_METHOD_H
#define APP_STATS_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"
#include "stats_answer.h"

enum argument_type {
    ARGUMENT_NUMBER,       // any finite number
    ARGUMENT_NOT_NEGATIVE, // finite, at least 0
    ARGUMENT_POSITIVE,     // finite, above 0
    ARGUMENT_COUNT,        // whole, 0 to 2^53
    ARGUMENT_CHANCE,       // above 0 and below 1, or in percent
    ARGUMENT_OBJECTIVE,    // percent, above 0 and at most 100
    ARGUMENT_DURATION,     // above 0: 30d, 1h30m, or seconds
    ARGUMENT_NUMBERS,      // finite numbers joined by commas
    ARGUMENT_WORD,         // one of those in `words`
};

struct stats_parameter {
    const char *name; // NULL behind the last one
    enum argument_type type;
    const char *fallback; // as if it had been typed; NULL: required when it is an operand, else may be absent
    const char *help;
    const char *words; // "auto|exact|asymptotic"
};

struct stats_value { // of a parameter, in the field of its type
    bool given;        // false: no fallback either, and the numbers are NaN
    double number;     // duration in seconds, objective in percent
    double complement; // 1 - number of a chance, from its decimals: no digits are lost near 1
    uint64_t count;
    const char *word;
    const double *list;
    size_t list_count;
};

struct stats_sample {
    const char *name; // from the header; else "x" and "y"
    const double *values;
    size_t count;   // with missing ones, which are NaN
    size_t missing;
};

enum stats_input { INPUT_NONE, INPUT_ONE_COLUMN, INPUT_TWO_COLUMNS };

enum { MOST_PARAMETERS = 12 };

struct stats_call {
    const struct stats_method *method;
    struct arena *arena;
    struct stats_value values[MOST_PARAMETERS]; // operands, then options
    struct stats_sample samples[2];
};

struct stats_method {
    const char *name, *summary;
    const char *definition;                 // what is computed, for --help; whole lines
    const char *example;                    // what follows "serin stats "
    enum stats_input input;
    const struct stats_parameter *operands; // NULL: files
    const struct stats_parameter *options;  // NULL: none
    // Fills in the answer, whatever the status. For STATS_INVALID the sentence says what is wrong with the input.
    enum stats_status (*run)(const struct stats_call *call, struct stats_answer *answer);
};

struct stats_family {
    const char *title;
    const struct stats_method *methods; // a name of NULL ends them
};

extern const struct stats_method stats_two_samples[], stats_one_sample[], stats_counts[], stats_sequential[], stats_levels[],
    stats_level_columns[];

// Room for so many doubles, 0 too, that lives as long as the call.
double *stats_doubles(const struct stats_call *call, size_t count);

// The value of one of the method's own parameters.
const struct stats_value *stats_value(const struct stats_call *call, const char *name);
double stats_number(const struct stats_call *call, const char *name);
uint64_t stats_count(const struct stats_call *call, const char *name);
bool stats_says(const struct stats_call *call, const char *name, const char *word); // whether the parameter is that word

#endif
