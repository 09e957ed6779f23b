// SPDX-License-Identifier: GPL-3.0-or-later
#include "next_try.h"

#include <string.h>

#include "base/retry.h"
#include "base/timetext.h"
#include "dialect.h"
#include "pieces.h"

// Whether the answer is one that another try may mend, and after how many tries at most.
static bool may_retry(const struct flight *f, const struct http_result *http) {
    const struct decode_result *result = &f->answer->result;
    int most = f->source->tries;
    if (!http->complete && !http->stopped) return http->temporary && f->answer->tries < most;
    switch (http->head->status) {
    case REPLY_TOO_MANY_REQUESTS:
    case 502:
    case 504:
        break;
    case 503:
        if (strcmp(result->error_type, "timeout") == 0 && most > 2) most = 2;
        break;
    case 500:
        if (result->outcome == DECODE_API_ERROR && strcmp(result->error_type, "internal") != 0 &&
            strcmp(result->error_type, "unavailable") != 0) {
            return false;
        }
        if (most > 3) most = 3;
        break;
    default:
        return false;
    }
    return f->answer->tries < most;
}

static void wait_until(struct flight *f, int64_t due_ms) {
    f->due_ms = due_ms;
    f->state = FLIGHT_WAITING;
    f->events->waits(f->events->user, f);
}

void next_try_now(struct flight *f) {
    wait_until(f, 0);
}

bool next_try_later(struct flight *f, const struct http_result *http) {
    if (!may_retry(f, http)) return false;
    int64_t wait = retry_backoff_ms(f->answer->tries, &f->events->seed), asked = 0;
    if (http->head->retry_after[0] != '\0' && retry_after_ms(http->head->retry_after, wall_now_ms(), &asked) && asked > wait) wait = asked;
    int64_t due = mono_now_ms() + wait;
    if (due >= *f->deadline_ms) return false;
    if (http->head->status == REPLY_TOO_MANY_REQUESTS && asked > 0) pace_pause(&f->source->pace, due);
    wait_until(f, due);
    return true;
}

// Asks for the first half alone when the server finds the whole too much.
static bool ask_less(struct flight *f) {
    struct query later;
    if (f->answer->result.outcome == DECODE_OK || !dialect_wants_less(f->answer->result.err.text)) return false;
    if (!pieces_halve(&f->query, &later)) return false;
    f->answer->tries = 0;
    next_try_now(f);
    f->events->halved(f->events->user, f, &later);
    return true;
}

// Asks in the next protocol when the server answered a remote read without giving usable data, and the choice is ours.
static bool ask_otherwise(struct flight *f, const struct http_result *http) {
    static const int elsewhere[] = {200, 400, 404, 405, 406, 413, 415, 422, 500, 501};
    bool may = f->source->protocol == PROTOCOL_AUTO && flight_is_read(f) && (http->complete || http->stopped), listed = false;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) listed = listed || elsewhere[i] == http->head->status;
    if (!may || !listed) return false;
    // Each step goes further down, whatever the server answers with, so this ends.
    bool chunks_unread = f->answer->result.wants_other && f->answer->protocol == PROTOCOL_STREAM && f->protocol == PROTOCOL_STREAM;
    f->protocol = chunks_unread ? PROTOCOL_SAMPLES : PROTOCOL_RAW;
    f->answer->tries = 0;
    next_try_now(f);
    return true;
}

bool next_try_mends(struct flight *f, const struct http_result *http) {
    return ask_otherwise(f, http) || next_try_later(f, http) || ask_less(f);
}

bool next_try_renews_token(struct flight *f) {
    struct source *source = f->source;
    if (f->answer->http_status != REPLY_UNAUTHORIZED || f->token_dropped || source->ops->token_drop == NULL || f->token_generation == 0)
        return false;
    f->token_dropped = true;
    source->ops->token_drop(source, f->token_generation);
    next_try_now(f);
    return true;
}
