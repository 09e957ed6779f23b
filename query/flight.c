// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of a failed try is left when the next one begins.
#include "flight.h"

#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/retry.h"
#include "base/timetext.h"
#include "dialect.h"
#include "pieces.h"

#define MOST_REQUEST_BYTES ((size_t)1 << 20)
#define UNAUTHORIZED 401
#define TOO_MANY_REQUESTS 429

void flight_finish(struct flight *f) {
    decoder_destroy(f->decoder);
    answer_finish(&f->answer);
    buf_finish(&f->body);
}

static bool is_recorded(const struct flight *f) {
    return f->run->recorder != NULL && f->kind != FLIGHT_TOKEN;
}

static void land(struct flight *f, const char *content_type, bool transfer_failed) {
    struct flight_run *run = f->run;
    if (f->started_ms != 0) f->answer.duration_ms = mono_now_ms() - f->started_ms;
    if (f->kind == FLIGHT_QUERY) {
        answer_settle(&f->answer, f->source, &f->query);
    } else if (f->kind == FLIGHT_VERSION && !transfer_failed && f->answer.http_status == 200) {
        source_read_version(f->source, buf_text(&f->body), f->body.len);
    }
    if (is_recorded(f)) {
        recorder_answer(run->recorder, f->slot, f->source->name, f->kind == FLIGHT_QUERY ? &f->query : NULL, f->whole, content_type,
                        &f->answer, transfer_failed);
    }
    f->state = FLIGHT_DONE;
    run->ended(run->user, f);
}

void flight_fail(struct flight *f, const struct error *err) {
    decoder_destroy(f->decoder);
    f->decoder = NULL;
    answer_reset(&f->answer);
    f->answer.result.err = *err;
    land(f, "", true);
}

void flight_refuse(struct flight *f) {
    if (f->kind == FLIGHT_QUERY && f->answer.requests > 0) {
        land(f, "", true);
        return;
    }
    struct error err;
    error_set(&err, ERROR_SOURCE, "not asked, as %d queries in a row failed (the circuit breaker is open); the last one: %s",
              f->source->breaker.failed, f->source->breaker.why);
    f->answer.refused = f->kind == FLIGHT_QUERY;
    flight_fail(f, &err);
}

void flight_abandon(struct flight *f) {
    f->abandoned = true;
    f->state = FLIGHT_DONE;
    f->run->ended(f->run->user, f);
}

static struct decoder *open_decoder(struct flight *f, const struct http_head *head) {
    return decoder_create(head->status, head->content_type[0] != '\0' ? head->content_type : NULL, &f->source->limits, &f->answer.set);
}

static bool on_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct flight *f = user;
    if (is_recorded(f)) recorder_body(f->run->recorder, f->slot, data, len);
    if (f->kind != FLIGHT_QUERY) {
        buf_bytes(&f->body, data, len);
        return !f->body.failed;
    }
    if (f->decoder == NULL) f->decoder = open_decoder(f, head);
    return decoder_feed(f->decoder, data, len);
}

// Whether the answer is one that another try may mend, and after how many tries at most.
static bool may_retry(const struct flight *f, const struct http_result *http) {
    const struct decode_result *result = &f->answer.result;
    int most = f->source->tries;
    if (!http->complete && !http->stopped) return http->temporary && f->answer.tries < most;
    switch (http->head->status) {
    case TOO_MANY_REQUESTS:
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
    return f->answer.tries < most;
}

// Puts the flight back into the queue, unless its next try would begin after the deadline.
static bool retry_later(struct flight *f, const struct http_result *http) {
    int64_t wait = retry_backoff_ms(f->answer.tries, &f->run->seed), asked = 0;
    if (http->head->retry_after[0] != '\0' && retry_after_ms(http->head->retry_after, wall_now_ms(), &asked) && asked > wait) wait = asked;
    int64_t due = mono_now_ms() + wait;
    if (due >= f->run->deadline_ms) return false;
    if (http->head->status == TOO_MANY_REQUESTS && asked > 0) pace_pause(&f->source->pace, due);
    f->due_ms = due;
    f->state = FLIGHT_WAITING;
    return true;
}

// Asks for the first half alone when the server finds the whole too much.
static bool ask_less(struct flight *f) {
    struct query later;
    if (f->answer.result.outcome == DECODE_OK || !dialect_wants_less(f->answer.result.err.text)) return false;
    if (!pieces_halve(&f->query, &later)) return false;
    f->answer.tries = 0;
    f->due_ms = 0;
    f->state = FLIGHT_WAITING;
    f->run->halved(f->run->user, f, &later);
    return true;
}

static void read_result(struct flight *f, const struct http_result *http) {
    struct answer *answer = &f->answer;
    answer->http_status = http->head->status;
    answer->bytes = http->bytes;
    if (answer->http_status == TOO_MANY_REQUESTS) answer->throttled++;
    if (http->complete || http->stopped) {
        if (f->decoder == NULL) f->decoder = open_decoder(f, http->head);
        decoder_end(f->decoder, &answer->result);
    } else {
        answer->result.outcome = http->bytes > 0 ? DECODE_BROKEN : DECODE_HTTP_ERROR;
        answer->result.err = http->err;
    }
    decoder_destroy(f->decoder);
    f->decoder = NULL;
}

static void version_done(struct flight *f, const struct http_result *http) {
    f->answer.http_status = http->head->status;
    f->answer.bytes = http->bytes;
    f->answer.result.err = http->err;
    breaker_forget(&f->source->breaker);
    land(f, http->head->content_type, !http->complete);
}

static void forget_body(struct buf *body) {
    if (body->data != NULL) memset(body->data, 0, body->len);
    buf_clear(body);
}

// Without a token the source is of no use to this run.
static void token_done(struct flight *f, const struct http_result *http) {
    struct source *source = f->source;
    struct error err = {0};
    bool again = false, ok = false;
    if (http->complete) {
        ok = source->ops->token_answer(source, http->head->status, (struct view){buf_text(&f->body), f->body.len}, &again, &err);
    } else {
        err = http->err;
        error_prefix(&err, "OAuth2 token");
    }
    forget_body(&f->body);
    if (again) {
        f->due_ms = 0;
        f->state = FLIGHT_WAITING;
        return;
    }
    if (!ok && may_retry(f, http) && retry_later(f, http)) return;
    if (!ok) {
        source->usable = false;
        source->unusable = err;
    }
    land(f, "", !ok);
}

// A refused token may have been withdrawn early: a new one is worth one more try.
static bool renew_token(struct flight *f) {
    struct source *source = f->source;
    if (f->answer.http_status != UNAUTHORIZED || f->token_dropped || source->ops->token_drop == NULL || f->token_generation == 0)
        return false;
    f->token_dropped = true;
    source->ops->token_drop(source, f->token_generation);
    f->due_ms = 0;
    f->state = FLIGHT_WAITING;
    return true;
}

static void on_done(void *user, const struct http_result *http) {
    struct flight *f = user;
    f->source->running--;
    if (f->kind == FLIGHT_TOKEN) {
        token_done(f, http);
        return;
    }
    if (f->kind == FLIGHT_VERSION) {
        version_done(f, http);
        return;
    }
    read_result(f, http);
    if (renew_token(f)) return;
    if (f->answer.result.outcome != DECODE_OK && ((may_retry(f, http) && retry_later(f, http)) || ask_less(f))) return;
    bool transfer_failed = !http->complete && !http->stopped, good = !transfer_failed && http->head->status < 500;
    breaker_report(&f->source->breaker, good, f->answer.result.err.text, mono_now_ms());
    land(f, http->head->content_type, transfer_failed);
}

void flight_send(struct flight *f, int64_t now_ms) {
    struct flight_run *run = f->run;
    struct buf url, body;
    struct http_request request;
    struct error err = {0};
    buf_init(&url, MOST_REQUEST_BYTES);
    buf_init(&body, MOST_REQUEST_BYTES);
    answer_reset(&f->answer);
    if (is_recorded(f)) recorder_restart(run->recorder, f->slot);
    if (f->started_ms == 0) f->started_ms = now_ms;
    int64_t left = run->deadline_ms - now_ms;
    int64_t timeout = f->source->timeout_ms < left ? f->source->timeout_ms : left;
    const struct source_ops *ops = f->source->ops;
    bool ok = f->kind == FLIGHT_TOKEN
                  ? ops->token_request(f->source, timeout, &url, &body, &request, &err)
                  : ops->request(f->source, f->kind == FLIGHT_QUERY ? &f->query : NULL, timeout, &url, &body, &request, &err);
    if (ok) {
        f->token_generation = f->source->token_generation;
        request.user = f;
        request.body_piece = on_body;
        request.done = on_done;
        f->answer.tries++;
        f->answer.requests++;
        ok = http_client_start(run->client, &request, &err);
    }
    buf_finish(&url);
    buf_finish(&body);
    if (ok) {
        f->state = FLIGHT_RUNNING;
        f->source->running++;
        pace_take(&f->source->pace, now_ms);
    } else {
        breaker_forget(&f->source->breaker);
        if (f->kind == FLIGHT_TOKEN) {
            f->source->usable = false;
            f->source->unusable = err;
        }
        flight_fail(f, &err);
    }
}
