// SPDX-License-Identifier: GPL-3.0-or-later
// Which questions are being asked or were answered lately, so that an equal one need not be. Private to query.
#ifndef QUERY_ASKED_H
#define QUERY_ASKED_H

#include "question.h"

struct asked { // zeroes are an empty one
    void *tree; // of the listed questions
    struct question *oldest, **newest; // answered ones, kept for others; owned
    size_t bytes;                      // of their answers
};

void asked_finish(struct asked *asked); // frees what is kept; whoever lists takes the others out before

// The listed question that is equal to the query to the source as it is now, or NULL.
struct question *asked_find(const struct asked *asked, const struct source *source, const struct query *query);

void asked_add(struct asked *asked, struct question *question); // an equal one that is listed already stays in its place
void asked_remove(struct asked *asked, struct question *question); // fine when it is not listed

// Keeps an answered question that is listed, and destroys what is too old or too much for it: that may be the question itself.
void asked_keep(struct asked *asked, struct question *question, int64_t now_mono_ms);

// Destroys what is too old.
void asked_sweep(struct asked *asked, int64_t now_mono_ms);

#endif
