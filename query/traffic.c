// SPDX-License-Identifier: GPL-3.0-or-later
// A count of transfers and a lineup of waiting flights per source, a due time per flight that waits for its next try. What a wake
// costs does not depend on how many wait.
#include "traffic.h"

struct flight *traffic_errand(struct source *source, struct flight_events *events, enum flight_kind kind, uint64_t order,
                              struct fetch_batch *batch) {
    struct flight *f = flight_create(events, kind, source, order);
    f->batch = batch;
    f->next = source->errands;
    source->errands = f;
    events->waits(events->user, f);
    return f;
}

void traffic_end_errands(struct source *source, const struct fetch_batch *batch, const struct error *err) {
    for (struct flight *f = source->errands; f != NULL; f = f->next) {
        if (f->batch == batch && f->state != FLIGHT_DONE) flight_fail(f, err);
    }
}

// True when the flight has to wait for a token, which is sent for unless it is on its way.
static bool waits_for_token(struct flight *f, int64_t now) {
    struct source *source = f->source;
    if (f->kind == FLIGHT_TOKEN || source->ops->token_wanted == NULL || !source->ops->token_wanted(source, now)) return false;
    if (!source->token_coming) traffic_errand(source, f->events, FLIGHT_TOKEN, 0, NULL);
    return source->token_coming = true;
}

// What the rate and the breaker of its source say to a flight that may go otherwise; to wait until *ret_due_ms.
static enum breaker_advice ask_source(const struct flight *f, int64_t now, int64_t *ret_due_ms) {
    if (f->kind == FLIGHT_TOKEN) return BREAKER_GO; // it goes to another server
    *ret_due_ms = pace_due_ms(&f->source->pace, now);
    return *ret_due_ms > now ? BREAKER_WAIT : breaker_ask(&f->source->breaker, now);
}

static int64_t start_due(struct source *source, int64_t now) {
    struct lineup *lineup = &source->lineup;
    struct flight *f;
    int64_t due = INT64_MAX, pace_ms = now;
    while (source->usable && (f = lineup_first(lineup, now, &due)) != NULL) {
        if (source->ops->answer != NULL) {
            lineup_take(lineup, f);
            flight_answer(f);
            continue;
        }
        if (source->running >= source->concurrency) return due;
        bool token_coming = source->token_coming;
        if (waits_for_token(f, now)) {
            if (token_coming) return due;
            continue; // with the token, which has come to stand first
        }
        enum breaker_advice advice = ask_source(f, now, &pace_ms);
        if (advice == BREAKER_WAIT) return pace_ms > now ? pace_ms : due;
        lineup_take(lineup, f);
        if (advice == BREAKER_GO)
            flight_send(f, now);
        else
            flight_refuse(f);
    }
    while (!source->usable && (f = lineup_take_any(lineup)) != NULL) flight_fail(f, &source->unusable);
    return due;
}

static void sweep_errands(struct source *source) {
    for (struct flight **link = &source->errands; *link != NULL;) {
        struct flight *f = *link;
        if (f->state != FLIGHT_DONE) {
            link = &f->next;
            continue;
        }
        *link = f->next;
        flight_destroy(f);
    }
}

// Ends what its second request has outrun.
static void end_outrun(struct source *source) {
    for (struct flight *f = source->flying, *next; f != NULL; f = next) {
        next = f->next_flying;
        if (f->outrun) flight_take_second(f);
    }
}

static bool may_hedge(struct source *source, const struct flight *f, int64_t now) {
    if (source->running >= source->concurrency || source->breaker.open || !source->usable) return false;
    if (flight_is_read(f) && source->reading >= LINEUP_MOST_READS) return false;
    if (source->ops->token_wanted != NULL && source->ops->token_wanted(source, now)) return false;
    return pace_due_ms(&source->pace, now) <= now && hedge_take(&source->hedge);
}

// Sends second requests where the first ones take long and nothing else needs the room; returns when the next one may be due.
static int64_t hedge_slow(struct source *source, int64_t now) {
    int64_t due = INT64_MAX;
    for (struct flight *f = source->flying; f != NULL; f = f->next_flying) {
        int64_t at = flight_hedge_ms(f);
        if (at > now) {
            if (at < due) due = at;
        } else if (may_hedge(source, f, now)) {
            flight_hedge(f, now);
        }
    }
    return due;
}

void traffic_start(struct source *source, int64_t now) {
    sweep_errands(source);
    end_outrun(source);
    int64_t due = start_due(source, now), hedge_due = hedge_slow(source, now);
    source->due_ms = due < hedge_due ? due : hedge_due;
}

void traffic_finish(struct source *source) {
    while (source->errands != NULL) {
        struct flight *f = source->errands;
        source->errands = f->next;
        flight_destroy(f);
    }
    lineup_finish(&source->lineup);
}
