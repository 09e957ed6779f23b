// SPDX-License-Identifier: GPL-3.0-or-later
#include "answer.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "incomplete.h"
#include "source_ops.h"

struct answer_keeper {
    atomic_size_t holders; // answers that have the set
    struct series_set set;
};

void answer_init(struct answer *answer) {
    *answer = (struct answer){.result.outcome = DECODE_HTTP_ERROR, .pieces = 1};
    series_set_init(&answer->set);
}

// The last one that lets go frees the set.
static void drop_set(struct answer *answer) {
    struct answer_keeper *keeper = answer->keeper;
    answer->keeper = NULL;
    if (keeper == NULL) {
        series_set_finish(&answer->set);
    } else if (atomic_fetch_sub(&keeper->holders, 1) == 1) {
        series_set_finish(&keeper->set);
        free(keeper);
    }
    series_set_init(&answer->set);
}

void answer_reset(struct answer *answer) {
    drop_set(answer);
    answer->result = (struct decode_result){.outcome = DECODE_HTTP_ERROR};
    answer->http_status = 0;
    answer->bytes = 0;
}

void answer_finish(struct answer *answer) {
    if (answer != NULL) drop_set(answer);
}

void answer_share(struct answer *answer, struct answer *ret) {
    if (answer->keeper == NULL) {
        answer->keeper = mem_zero(1, sizeof *answer->keeper);
        atomic_init(&answer->keeper->holders, 1);
        answer->keeper->set = answer->set;
    }
    atomic_fetch_add(&answer->keeper->holders, 1);
    *ret = *answer;
    ret->shared = true;
}

const char *answer_outcome(const struct answer *answer) {
    if (answer->http_status == 0) return "unreachable";
    switch (answer->result.outcome) {
    case DECODE_OK:
        return "ok";
    case DECODE_API_ERROR:
        return "api_error";
    case DECODE_HTTP_ERROR:
        return "http_error";
    case DECODE_BROKEN:
        return "broken";
    case DECODE_INCOMPLETE:
        return "incomplete";
    }
    return "";
}

static bool on_grid(const struct query *query, int64_t time_ms) {
    return time_ms >= query->start_ms && time_ms <= query->end_ms && (time_ms - query->start_ms) % query->step_ms == 0;
}

static bool check_grid(const struct series_set *set, const struct query *query, struct error *err) {
    for (size_t i = 0; i < set->count; i++) {
        const struct series *series = &set->items[i];
        bool ok = true;
        int64_t at = 0;
        for (size_t k = 0; k < series->count && ok; k++) ok = on_grid(query, at = series->time_ms[k]);
        for (size_t k = 0; k < series->histogram_count && ok; k++) ok = on_grid(query, at = series->histograms[k].time_ms);
        if (ok) continue;
        return error_set(err, ERROR_DATA,
                         "a sample at %" PRId64 " ms is not on the asked grid: the server moves start and end to multiples of the step "
                         "(VictoriaMetrics: send nocache=1; Thanos and Mimir: align-range-with-step, align_queries_with_step)",
                         at);
    }
    return true;
}

static bool check_type(const struct series_set *set, const struct query *query, struct error *err) {
    bool matrix = set->type == RESULT_MATRIX || set->type == RESULT_NONE;
    if (matrix || (query->mode != QUERY_RAW && query->mode != QUERY_RANGE)) return true;
    return error_set(err, ERROR_DATA, "a %s query was answered with something else than a matrix", query_mode_name(query->mode));
}

// Puts the source and the number of tries in front of the error.
static void name_failure(struct answer *answer, const struct source *source) {
    if (answer->tries > 1) {
        error_prefix(&answer->result.err, "source %s, after %d tries", source->name, answer->tries);
    } else {
        error_prefix(&answer->result.err, "source %s", source->name);
    }
}

static uint64_t count_samples(const struct series_set *set) {
    uint64_t count = 0;
    for (size_t i = 0; i < set->count; i++) count += set->items[i].count + set->items[i].histogram_count;
    return count;
}

void answer_settle(struct answer *answer, const struct source *source, const struct query *query) {
    struct decode_result *result = &answer->result;
    if (result->outcome == DECODE_OK && !check_type(&answer->set, query, &result->err)) result->outcome = DECODE_BROKEN;
    if (result->outcome == DECODE_OK && query->mode == QUERY_RAW) {
        uint64_t before = count_samples(&answer->set);
        for (size_t i = 0; i < answer->set.count; i++) series_clip(&answer->set.items[i], query->start_ms, query->end_ms);
        answer->clipped = before - count_samples(&answer->set);
    }
    if (result->outcome == DECODE_OK && query->mode == QUERY_RANGE && !check_grid(&answer->set, query, &result->err)) {
        result->outcome = DECODE_BROKEN;
    }
    if (result->outcome == DECODE_OK && !incomplete_check(&answer->set, source->warning_policy, &result->err)) {
        result->outcome = DECODE_INCOMPLETE;
    }
    if (result->outcome != DECODE_OK) name_failure(answer, source);
}
