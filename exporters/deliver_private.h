// SPDX-License-Identifier: GPL-3.0-or-later
// Private to deliver.c and the files it leaves a kind of receiver to.
#ifndef EXPORTERS_DELIVER_PRIVATE_H
#define EXPORTERS_DELIVER_PRIVATE_H

#include "exporters/deliver.h"
#include "exporters/remote_write_encode.h"
#include "receiver.h"
#include "run_digest.h"
#include "send.h"

#define DELIVER_MOST_BODY ((size_t)8 << 20)

struct post { // what belongs to the request of the same index
    struct receiver *receiver;
    struct buf body, url, signature;
    json_t *alerts;                // that it carries, NULL: none
    const struct series *series;   // that it carries, a sample each, NULL: none
    size_t series_count;
    bool version2;                 // of remote write
    bool replaced;                 // what it carries was sent again in another form, which tells more
};

struct written_series { // what a receiver of remote write is sent
    struct series_set set;
    struct remote_write_metric *metrics; // of each
};

struct delivery {
    const struct publish_config *publish;
    const struct deliver_options *options;
    struct run_digest digest;
    bool ended;                 // the canary of the digest is gone
    struct receiver *receivers; // a target each
    struct written_series *series; // a target each
    struct sending *sendings;   // `count` of each
    struct post *posts;
    size_t count, sending_cap, post_cap;
    size_t failed; // requests that were not taken, and receivers that could not be sent to at all
};

__attribute__((format(printf, 2, 3))) void delivery_say(struct delivery *d, const char *format, ...);

// A request that is still to be filled in by delivery_ready(), or told to be over with an error.
struct post *delivery_add(struct delivery *d, struct receiver *receiver, const char *key);

// Fills in the request of the post that was added last.
void delivery_ready(struct delivery *d, const struct post *post, const struct http_header *headers, size_t count);

// The steps of a delivery, for those that send by themselves. Finish it whatever was done with it.
void delivery_begin(struct delivery *d, const struct publish_config *publish, const struct deliver_options *options);
bool delivery_open(struct delivery *d, size_t i, struct error *err); // the receiver of a target, for what follows
void delivery_alerts(struct delivery *d, struct receiver *receiver, json_t *alerts); // may be empty
bool delivery_sign(struct delivery *d, struct post *post, const char *id, struct error *err);
void delivery_again(struct delivery *d); // adds what must be sent in another form, when all others are over
void delivery_tell(struct delivery *d);  // counts and tells what became of all
void delivery_finish(struct delivery *d);

// Remote write, deliver_series.c.
void deliver_series(struct delivery *d, struct receiver *receiver);
void deliver_series_again(struct delivery *d); // as 1.0, what the first `count` requests could not as 2.0
size_t deliver_series_missing(const struct delivery *d, size_t i); // samples that a receiver which answered says it did not write
void deliver_series_finish(struct delivery *d);

#endif
