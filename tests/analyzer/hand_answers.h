// SPDX-License-Identifier: GPL-3.0-or-later
// Answers written by hand for every query of the plan of a config.
#ifndef TESTS_ANALYZER_HAND_ANSWERS_H
#define TESTS_ANALYZER_HAND_ANSWERS_H

#include "analyzer/verdict.h"
#include "good_config.h"

struct hand {
    struct read_config r;
    struct plan plan;
    struct answer *answers;
    const struct answer **list; // as samples_build() wants them
};

void hand_start(struct hand *hand, const char *text); // the config, which must be good; every answer is empty
void hand_finish(struct hand *hand);

// Adds a series with one label (NULL: none) to the answer of a query; no series may be added while it is filled.
struct series *hand_series(struct hand *hand, size_t owner, enum query_part part, enum side side, const char *label, const char *value);

// Adds a series of `count` values, one a step from the window's start: base + k * slope and a fixed wobble of size `noise`.
struct wave {
    double base, slope, noise;
};
void hand_wave(struct hand *hand, size_t owner, enum query_part part, enum side side, size_t count, struct wave wave);

// Samples and verdict of the answers; fails the test when they cannot be made.
struct verdict hand_verdict(struct hand *hand);
struct samples hand_samples(struct hand *hand);

#endif
