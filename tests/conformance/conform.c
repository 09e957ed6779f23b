// SPDX-License-Identifier: GPL-3.0-or-later
// Reading inputs and writing outputs.
#include "conform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define GENERATED_MOST 100000000

const json_t *conform_any(const json_t *object, const char *const *names) {
    for (; *names != NULL; names++) {
        const json_t *found = json_object_get(object, *names);
        if (found != NULL && !json_is_null(found)) return found;
    }
    return NULL;
}

bool conform_number(const json_t *json, double *ret) {
    static const struct {
        const char *text;
        double value;
    } special[] = {
        {"NaN", (double)NAN},      {"Infinity", (double)INFINITY}, {"+Infinity", (double)INFINITY}, {"-Infinity", -(double)INFINITY},
        {"Inf", (double)INFINITY}, {"+Inf", (double)INFINITY},     {"-Inf", -(double)INFINITY}};
    if (json_is_number(json)) {
        *ret = json_number_value(json);
        return true;
    }
    for (size_t i = 0; json_is_string(json) && i < sizeof special / sizeof *special; i++) {
        if (strcasecmp(json_string_value(json), special[i].text) == 0) {
            *ret = special[i].value;
            return true;
        }
    }
    return false;
}

static void generate_range(const json_t *json, struct conform_numbers *ret) {
    double start = conform_double(json, "start", 0), step = conform_double(json, "step", 1);
    for (size_t i = 0; i < ret->count; i++) ret->values[i] = start + step * (double)i;
}

// Knuth's 64-bit linear congruential generator; the upper 53 bits make a share of 1.
static void generate_lcg(const json_t *json, struct conform_numbers *ret) {
    const json_t *seed = json_object_get(json, "seed");
    uint64_t state = (uint64_t)(json_is_integer(seed) ? json_integer_value(seed) : conform_integer(json, "seed", 0));
    double times = conform_double(json, "floor_times", 0), add = conform_double(json, "add", 0);
    for (size_t i = 0; i < ret->count; i++) {
        state = UINT64_C(6364136223846793005) * state + UINT64_C(1442695040888963407);
        double share = (double)(state >> 11) * 0x1p-53;
        ret->values[i] = (times > 0 ? floor(share * times) : share) + add;
    }
}

static bool generate(const json_t *json, struct conform_numbers *ret) {
    const char *generator = conform_text(json, "gen");
    int64_t count = conform_integer(json, "n", 0);
    if (generator == NULL || count < 0 || count > GENERATED_MOST) return false;
    *ret = (struct conform_numbers){mem_zero((size_t)count + 1, sizeof(double)), (size_t)count};
    bool range = strcmp(generator, "range") == 0, lcg = strcmp(generator, "lcg") == 0;
    if (range) generate_range(json, ret);
    if (lcg) generate_lcg(json, ret);
    return range || lcg;
}

bool conform_numbers(const json_t *json, struct conform_numbers *ret) {
    *ret = (struct conform_numbers){0};
    if (json_is_object(json)) return generate(json, ret);
    size_t count = json_array_size(json);
    *ret = (struct conform_numbers){mem_zero(count + 1, sizeof(double)), count};
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        if (json_is_null(item))
            ret->values[i] = (double)NAN;
        else if (!conform_number(item, &ret->values[i]))
            return false;
    }
    return true;
}

double conform_double(const json_t *object, const char *name, double otherwise) {
    double value;
    return conform_number(json_object_get(object, name), &value) ? value : otherwise;
}

int64_t conform_integer(const json_t *object, const char *name, int64_t otherwise) {
    double value = conform_double(object, name, (double)NAN);
    return isfinite(value) ? (int64_t)value : otherwise;
}

bool conform_bool(const json_t *object, const char *name, bool otherwise) {
    const json_t *value = json_object_get(object, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

const char *conform_text(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

const char *conform_scalar(const json_t *json, struct arena *arena) {
    if (json_is_string(json)) return json_string_value(json);
    if (json == NULL || json_is_null(json)) return NULL;
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

json_t *conform_real(double value) {
    if (isnan(value)) return json_string("NaN");
    if (isinf(value)) return json_string(value > 0 ? "Infinity" : "-Infinity");
    return json_real(value);
}

json_t *conform_reals(const double *values, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, conform_real(values[i]));
    return array;
}

json_t *conform_text_or_null(const char *text) {
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}
