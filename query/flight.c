// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of a failed try is left when the next one begins.
#include "flight.h"

#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "next_try.h"
#include "query/read_decoder.h"
#include "question.h"
#include "read_request.h"

#define MOST_BODY_BYTES ((size_t)65536)
#define MOST_REQUEST_BYTES ((size_t)1 << 20)

bool flight_is_raw(const struct flight *f) {
    return f->kind == FLIGHT_QUERY && f->query.mode == QUERY_RAW;
}

bool flight_is_read(const struct flight *f) {
    enum source_protocol protocol = f->protocol != PROTOCOL_AUTO ? f->protocol : f->source->chosen;
    return f->kind == FLIGHT_PROBE || (flight_is_raw(f) && protocol != PROTOCOL_RAW);
}

struct flight *flight_create(struct flight_events *events, enum flight_kind kind, struct source *source, uint64_t order) {
    struct flight *f = mem_zero(1, sizeof *f);
    f->events = events;
    f->kind = kind;
    f->source = source;
    f->order = order;
    f->deadline_ms = &source->deadline_ms;
    buf_init(&f->body, MOST_BODY_BYTES);
    return f;
}

// Makes room for an answer, or throws away what a try has left.
static void begin_answer(struct flight *f) {
    if (f->answer != NULL) {
        answer_reset(f->answer);
        return;
    }
    f->answer = mem_alloc(sizeof *f->answer);
    answer_init(f->answer);
}

static void off_the_wire(struct flight *f) {
    struct flight **link = &f->source->flying;
    while (*link != f) link = &(*link)->next_flying;
    *link = f->next_flying;
    f->source->due_ms = 0; // there is room for another one
    f->source->running--;
    if (flight_is_read(f)) f->source->reading--;
}

static void on_the_wire(struct flight *f, int64_t now_ms) {
    struct source *source = f->source;
    f->next_flying = source->flying;
    source->flying = f;
    source->running++;
    if (flight_is_read(f)) source->reading++;
    pace_take(&source->pace, now_ms);
    f->state = FLIGHT_RUNNING;
    f->sent_ms = now_ms;
}

// Leaves the flight neither in a lineup nor in flight, and its second request gone.
static void withdraw(struct flight *f) {
    flight_destroy(f->second);
    f->second = NULL;
    if (f->state == FLIGHT_WAITING) lineup_remove(f);
    if (f->state != FLIGHT_RUNNING) return;
    http_client_drop(f->events->client, f);
    off_the_wire(f);
    breaker_forget(&f->source->breaker); // it may have been the probe
}

void flight_destroy(struct flight *f) {
    if (f == NULL) return;
    withdraw(f);
    decoder_destroy(f->decoder);
    answer_finish(f->answer);
    free(f->answer);
    buf_finish(&f->body);
    free(f);
}

// What the answer to the probe says of the server. One in trouble, or that does not know us, is asked again with the next batch.
static void choose_protocol(struct source *source, int http_status, const char *content_type) {
    enum read_form form = http_status == REPLY_OK ? read_form_of(content_type) : READ_NONE;
    source->chosen = form == READ_STREAM ? PROTOCOL_STREAM : form == READ_SAMPLES ? PROTOCOL_SAMPLES : PROTOCOL_RAW;
    bool refused = http_status == REPLY_UNAUTHORIZED || http_status == REPLY_FORBIDDEN || http_status == REPLY_TOO_MANY_REQUESTS;
    source->protocol_known = http_status >= REPLY_OK && http_status < 500 && !refused;
}

static void land(struct flight *f, const char *content_type, bool transfer_failed) {
    if (f->started_ms != 0) f->answer->duration_ms = mono_now_ms() - f->started_ms;
    if (f->kind == FLIGHT_QUERY) {
        answer_settle(f->answer, f->source, &f->query);
    } else if (f->kind == FLIGHT_PROBE) {
        choose_protocol(f->source, f->answer->http_status, content_type);
    } else if (f->kind == FLIGHT_VERSION && !transfer_failed && f->answer->http_status == REPLY_OK) {
        source_read_version(f->source, buf_text(&f->body), f->body.len);
    }
    if (f->recorder != NULL) {
        recorder_answer(f->recorder, f->slot, f->source->name, f->kind == FLIGHT_QUERY ? &f->query : NULL, f->whole, content_type,
                        f->answer, transfer_failed);
    }
    f->state = FLIGHT_DONE;
    f->events->ended(f->events->user, f);
}

void flight_fail(struct flight *f, const struct error *err) {
    withdraw(f);
    decoder_destroy(f->decoder);
    f->decoder = NULL;
    begin_answer(f);
    f->answer->result.err = *err;
    land(f, "", true);
}

void flight_answer(struct flight *f) {
    begin_answer(f);
    f->source->ops->answer(f->source, &f->query, f->answer);
    f->state = FLIGHT_DONE;
    f->events->ended(f->events->user, f);
}

void flight_refuse(struct flight *f) {
    if (f->kind == FLIGHT_QUERY && f->answer != NULL && f->answer->requests > 0) {
        land(f, "", true);
        return;
    }
    struct error err;
    error_set(&err, ERROR_SOURCE, "not asked, as %d queries in a row failed (the circuit breaker is open); the last one: %s",
              f->source->breaker.failed, f->source->breaker.why);
    begin_answer(f);
    f->answer->refused = f->kind == FLIGHT_QUERY;
    flight_fail(f, &err);
}

void flight_abandon(struct flight *f) {
    withdraw(f);
    f->abandoned = true;
    f->state = FLIGHT_DONE;
}

static struct decoder *open_decoder(struct flight *f, const struct http_head *head) {
    const char *type = head->content_type[0] != '\0' ? head->content_type : NULL;
    struct decoder *decoder = decoder_create(head->status, type, &f->source->limits, &f->answer->set);
    if (flight_is_read(f)) decoder_require_read(decoder);
    decoder_expect(decoder, query_expect(f->query.mode));
    return decoder;
}

static bool on_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct flight *f = user;
    if (f->kind == FLIGHT_PROBE) return true; // the head says all
    if (f->recorder != NULL) recorder_body(f->recorder, f->slot, data, len);
    if (f->kind != FLIGHT_QUERY) {
        buf_bytes(&f->body, data, len);
        return !f->body.failed;
    }
    if (f->decoder == NULL) f->decoder = open_decoder(f, head);
    return decoder_feed(f->decoder, data, len);
}

static enum source_protocol protocol_of(const struct flight *f, const char *content_type) {
    if (!flight_is_raw(f)) return PROTOCOL_AUTO;
    enum read_form form = f->protocol == PROTOCOL_RAW ? READ_NONE : read_form_of(content_type);
    return form == READ_STREAM ? PROTOCOL_STREAM : form == READ_SAMPLES ? PROTOCOL_SAMPLES : f->protocol;
}

static void read_result(struct flight *f, const struct http_result *http) {
    struct answer *answer = f->answer;
    answer->http_status = http->head->status;
    answer->protocol = protocol_of(f, http->head->content_type);
    answer->bytes = http->bytes;
    if (answer->http_status == REPLY_TOO_MANY_REQUESTS) answer->throttled++;
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

static void side_done(struct flight *f, const struct http_result *http) {
    f->answer->http_status = http->head->status;
    f->answer->bytes = http->bytes;
    f->answer->result.err = http->err;
    breaker_forget(&f->source->breaker);
    land(f, http->head->content_type, !http->complete);
}

static void forget_body(struct buf *body) {
    if (body->data != NULL) memset(body->data, 0, body->len);
    buf_clear(body);
}

// Without a token the source is of no use until the next batch.
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
        next_try_now(f);
        return;
    }
    if (!ok && next_try_later(f, http)) return;
    if (!ok) {
        source->usable = false;
        source->unusable = err;
    }
    land(f, "", !ok);
}

// What becomes of a flight whose try has ended so.
static void conclude(struct flight *f, const struct http_result *http) {
    if (next_try_renews_token(f)) return;
    bool bad = f->answer->result.outcome != DECODE_OK;
    if (bad && next_try_mends(f, http)) {
        breaker_forget(&f->source->breaker); // the next try may be the probe of an open breaker again
        return;
    }
    bool transfer_failed = !http->complete && !http->stopped, good = !transfer_failed && http->head->status < 500;
    breaker_report(&f->source->breaker, good, f->answer->result.err.text, mono_now_ms());
    if (!bad) hedge_answer(&f->source->hedge, mono_now_ms() - f->sent_ms);
    land(f, http->head->content_type, transfer_failed);
}

// Puts the answer of the second request in the place of the first one's.
static void adopt(struct flight *f) {
    struct answer *own = f->answer, *other = f->second->answer;
    other->tries = own->tries;
    other->requests = own->requests;
    other->hedged = own->hedged;
    other->throttled += own->throttled;
    f->answer = other;
    f->second->answer = own;
}

void flight_take_second(struct flight *f) {
    decoder_destroy(f->decoder);
    f->decoder = NULL;
    adopt(f);
    withdraw(f);
    breaker_report(&f->source->breaker, true, "", mono_now_ms());
    hedge_answer(&f->source->hedge, mono_now_ms() - f->sent_ms);
    land(f, "", false);
}

// The first request counts as long as it runs or has brought something; see flight_hedge().
static void second_done(struct flight *second, const struct http_result *http) {
    struct flight *f = second->leader;
    second->state = FLIGHT_DONE;
    read_result(second, http);
    if (f->state == FLIGHT_RUNNING) {
        f->outrun = second->answer->result.outcome == DECODE_OK;
    } else if (f->held) {
        f->held = false;
        adopt(f);
        conclude(f, http);
    }
}

static void on_done(void *user, const struct http_result *http) {
    struct flight *f = user;
    off_the_wire(f);
    if (f->leader != NULL) {
        second_done(f, http);
        return;
    }
    f->state = FLIGHT_WAITING; // until it is known what comes next
    if (f->kind == FLIGHT_TOKEN) {
        token_done(f, http);
    } else if (f->kind != FLIGHT_QUERY) {
        side_done(f, http);
    } else {
        read_result(f, http);
        bool bad = f->answer->result.outcome != DECODE_OK;
        f->held = bad && f->second != NULL && f->second->state == FLIGHT_RUNNING;
        if (bad && f->outrun) {
            flight_take_second(f);
        } else if (!f->held) {
            conclude(f, http);
        }
    }
}

static void choose_for_flight(struct flight *f) {
    struct source *source = f->source;
    if (!flight_is_raw(f) || f->protocol != PROTOCOL_AUTO) return;
    f->protocol = source->chosen;
    if (source->protocol == PROTOCOL_AUTO && !read_request_fits(&f->query)) f->protocol = PROTOCOL_RAW;
}

// Fills in the request for the next try.
static bool make_request(struct flight *f, int64_t timeout_ms, struct buf *url, struct buf *body, struct http_request *ret,
                         struct error *err) {
    static const enum ask_kind kinds[] = {[FLIGHT_QUERY] = ASK_QUERY, [FLIGHT_VERSION] = ASK_VERSION, [FLIGHT_PROBE] = ASK_PROBE};
    const struct source_ops *ops = f->source->ops;
    if (f->kind == FLIGHT_TOKEN) return ops->token_request(f->source, timeout_ms, url, body, ret, err);
    const struct ask ask = {.kind = kinds[f->kind], .query = &f->query, .protocol = f->protocol, .timeout_ms = timeout_ms};
    return ops->request(f->source, &ask, url, body, ret, err);
}

// Builds and starts a request. The flight is not in the lineup, and waits when this fails.
static bool start_request(struct flight *f, int64_t now_ms, struct error *err) {
    struct buf url, body;
    struct http_request request;
    buf_init(&url, MOST_REQUEST_BYTES);
    buf_init(&body, MOST_REQUEST_BYTES);
    int64_t left = *f->deadline_ms - now_ms;
    bool ok = make_request(f, f->source->timeout_ms < left ? f->source->timeout_ms : left, &url, &body, &request, err);
    if (ok) {
        f->token_generation = f->source->token_generation;
        request.user = f;
        request.body_piece = on_body;
        request.done = on_done;
        f->answer->tries++;
        f->answer->requests++;
        ok = http_client_start(f->events->client, &request, err);
    }
    buf_finish(&url);
    buf_finish(&body);
    if (ok) on_the_wire(f, now_ms);
    return ok;
}

void flight_send(struct flight *f, int64_t now_ms) {
    struct error err = {0};
    begin_answer(f);
    choose_for_flight(f);
    if (f->recorder != NULL) recorder_restart(f->recorder, f->slot);
    if (f->started_ms == 0) f->started_ms = now_ms;
    if (f->kind == FLIGHT_QUERY) hedge_request(&f->source->hedge);
    if (start_request(f, now_ms, &err)) {
        if (f->question != NULL) f->question->sent = true;
        return;
    }
    breaker_forget(&f->source->breaker);
    if (f->kind == FLIGHT_TOKEN) {
        f->source->usable = false;
        f->source->unusable = err;
    }
    flight_fail(f, &err);
}

int64_t flight_hedge_ms(const struct flight *f) {
    int64_t after = hedge_after_ms(&f->source->hedge);
    bool may = f->kind == FLIGHT_QUERY && f->leader == NULL && f->second == NULL && f->recorder == NULL && f->answer->tries == 1;
    return may && after < INT64_MAX ? f->sent_ms + after : INT64_MAX;
}

void flight_hedge(struct flight *f, int64_t now_ms) {
    struct error err;
    struct flight *second = flight_create(f->events, FLIGHT_QUERY, f->source, f->order);
    second->query = f->query;
    second->question = f->question;
    second->deadline_ms = f->deadline_ms;
    second->protocol = f->protocol;
    second->leader = f;
    begin_answer(second);
    f->second = second;
    if (!start_request(second, now_ms, &err)) return; // the first one goes on
    f->answer->requests++;
    f->answer->hedged++;
}
