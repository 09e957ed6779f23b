// SPDX-License-Identifier: GPL-3.0-or-later
// A score equal to the marginal threshold ends an analysis as failed here, though the judge alone calls it marginal.
#include "analyzer/kayenta_standalone.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define MINUTE_MS INT64_C(60000)

bool kayenta_lifetime(const struct kayenta_schedule *schedule, int64_t *ret_mins, struct error *err) {
    int64_t start = schedule->has_start ? schedule->start_ms : schedule->now_ms;
    if (schedule->has_end)
        *ret_mins = (schedule->end_ms - start) / MINUTE_MS;
    else if (schedule->has_lifetime)
        *ret_mins = schedule->lifetime_mins;
    else
        return error_set(err, ERROR_CONFIG, "lifetimeDurationMins is required when no scope has an endTimeIso");
    return true;
}

int64_t kayenta_interval(int64_t lifetime_mins, int64_t asked_mins) {
    return asked_mins <= 0 || asked_mins > lifetime_mins ? lifetime_mins : asked_mins;
}

struct kayenta_window kayenta_window(const struct kayenta_schedule *schedule, int64_t interval_mins, int64_t judgement) {
    struct kayenta_window window;
    window.start_ms = schedule->has_start ? schedule->start_ms : schedule->now_ms;
    window.end_ms = window.start_ms + judgement * interval_mins * MINUTE_MS;
    if (!schedule->has_end) {
        window.start_ms += schedule->begin_after_mins * MINUTE_MS;
        window.end_ms += schedule->begin_after_mins * MINUTE_MS;
    }
    if (schedule->lookback_mins > 0) window.start_ms = window.end_ms - schedule->lookback_mins * MINUTE_MS;
    return window;
}

struct kayenta_window kayenta_window_back(struct kayenta_window window, int64_t offset_mins) {
    return (struct kayenta_window){window.start_ms - offset_mins * MINUTE_MS, window.end_ms - offset_mins * MINUTE_MS};
}

// As the reference prints a double: always with a decimal point.
static void format_score(struct buf *out, double score) {
    buf_double(out, score);
    if (strpbrk(buf_text(out), ".eEnN") == NULL) buf_str(out, ".0");
}

void kayenta_aggregate(const double *scores, size_t count, const double *marginal, const double *pass, struct kayenta_outcome *ret) {
    *ret = (struct kayenta_outcome){.passed = false};
    if (count == 0) {
        snprintf(ret->message, sizeof ret->message, "There were no successful canary judgements to aggregate");
        return;
    }
    double last = scores[count - 1];
    if (marginal == NULL && pass == NULL) {
        ret->passed = true;
        snprintf(ret->message, sizeof ret->message, "No score thresholds were specified.");
        return;
    }
    const char *what = "met or exceeded the pass score threshold.";
    if (marginal != NULL && last <= *marginal)
        what = "is not above the marginal score threshold.";
    else if (pass != NULL && last < *pass)
        what = "is below the pass score threshold.";
    else
        ret->passed = true;
    struct buf text;
    buf_init(&text, sizeof ret->message);
    format_score(&text, last);
    snprintf(ret->message, sizeof ret->message, "Final canary score %s %s", buf_text(&text), what);
    buf_finish(&text);
}
