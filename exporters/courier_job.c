// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs on their way: all on the courier's thread.
#include <stdlib.h>

#include "base/mem.h"
#include "courier_private.h"

struct job *job_create(struct courier *c, struct subject *subject, const struct publish_target *target, void (*end)(struct job *job)) {
    struct job *job = mem_zero(1, sizeof *job);
    job->courier = c;
    job->subject = subject;
    subject->refs++;
    job->one = subject->publish;
    job->one.targets = arena_alloc(&subject->arena, sizeof *target);
    job->one.targets[0] = *target;
    job->one.target_count = 1;
    job->end = end;
    delivery_begin(&job->delivery, &job->one, &job->how);
    return job;
}

static void job_destroy(struct job *job) {
    job->courier->job_count--;
    courier_silences_free(job->look);
    delivery_finish(&job->delivery);
    subject_release(job->subject);
    subject_release(job->earlier);
    free(job);
}

static void tried(void *user) {
    struct job *job = user;
    job->in_flight--;
}

// Starts the requests that were added to the delivery since the last call.
static void begin_rest(struct job *job) {
    struct courier *c = job->courier;
    int64_t deadline_ms = c->options.deadline_ms;
    if (job->err.code != ERROR_NONE) return;
    for (; job->begun < job->delivery.count; job->begun++) {
        struct sending *s = &job->delivery.sendings[job->begun];
        if (!s->over && send_try(c->client, s, deadline_ms, tried, job)) job->in_flight++;
    }
}

void courier_begin(struct job *job) {
    struct courier *c = job->courier;
    job->next = c->jobs;
    c->jobs = job;
    c->job_count++;
    begin_rest(job);
}

void courier_end_jobs(struct courier *c) {
    for (struct job **at = &c->jobs; *at != NULL;) {
        struct job *job = *at;
        if (job->in_flight == 0 && !job->again) { // only now: adding requests may move the array that those in flight are called back with
            job->again = true;
            delivery_again(&job->delivery);
            begin_rest(job);
        }
        if (job->in_flight > 0) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        job->end(job);
        job_destroy(job);
    }
}

void courier_drop_jobs(struct courier *c) {
    http_client_cancel(c->client);
    while (c->jobs != NULL) {
        struct job *job = c->jobs;
        c->jobs = job->next;
        job_destroy(job);
    }
}
