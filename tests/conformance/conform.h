// SPDX-License-Identifier: GPL-3.0-or-later
// The conformance program: one function a kind of case, one table a file, and what they share to read inputs and to write outputs.
// Numbers that are not finite travel as the texts "NaN", "Infinity" and "-Infinity".
#ifndef CONFORM_H
#define CONFORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

// Returns the outputs, a new reference; NULL with err filled in when the operation refuses these inputs.
typedef json_t *conform_fn(const json_t *inputs, struct error *err);

struct conform_numbers {
    double *values;
    size_t count;
};

// The first of the names (up to a NULL) that is present and not null; NULL when none is.
const json_t *conform_any(const json_t *object, const char *const *names);

bool conform_number(const json_t *json, double *ret); // false when it is no number

// A list, or an object that says how to make one: {"gen": "range", start, step, n} or {"gen": "lcg", seed, n, floor_times, add}.
// NULL and null are empty. False when a value is no number. free(ret->values), then too.
bool conform_numbers(const json_t *json, struct conform_numbers *ret);

double conform_double(const json_t *object, const char *name, double otherwise);
int64_t conform_integer(const json_t *object, const char *name, int64_t otherwise);
bool conform_bool(const json_t *object, const char *name, bool otherwise);
const char *conform_text(const json_t *object, const char *name);    // NULL when absent, null or no text
const char *conform_scalar(const json_t *json, struct arena *arena); // numbers and booleans as text too; NULL for null

json_t *conform_real(double value);
json_t *conform_reals(const double *values, size_t count);
json_t *conform_text_or_null(const char *text); // "" and NULL give null

// The kinds that a file answers; ends with a row of NULLs. main.c lists the tables.
struct conform_kind {
    const char *kind;
    conform_fn *run;
};

extern const struct conform_kind conform_kayenta_judge[];
extern const struct conform_kind conform_kayenta_mix[];
extern const struct conform_kind conform_kayenta_query[];
extern const struct conform_kind conform_kayenta_standalone[];
extern const struct conform_kind conform_kayenta_stats[];
extern const struct conform_kind conform_prom_decode[];
extern const struct conform_kind conform_slo[];
extern const struct conform_kind conform_slo_samples[];
extern const struct conform_kind conform_stats_counts[];
extern const struct conform_kind conform_stats_exact[];
extern const struct conform_kind conform_stats_locations[];
extern const struct conform_kind conform_prom_remote[];
extern const struct conform_kind conform_stats_ranks[];
extern const struct conform_kind conform_stats_sequential[];

#endif
