// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up series: the same in every run, autocorrelated as measured ones are.
#ifndef TESTS_ANALYZER_NOISE_H
#define TESTS_ANALYZER_NOISE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct noise {
    uint64_t state; // not 0
    double last;
};

static inline double noise_uniform(struct noise *noise) { // in (0, 1); xorshift64*
    noise->state ^= noise->state >> 12;
    noise->state ^= noise->state << 25;
    noise->state ^= noise->state >> 27;
    return ((double)((noise->state * UINT64_C(0x2545F4914F6CDD1D)) >> 11) + 0.5) * 0x1p-53;
}

static inline double noise_normal(struct noise *noise) { // Box and Muller
    double radius = sqrt(-2 * log(noise_uniform(noise)));
    return radius * cos(6.283185307179586 * noise_uniform(noise));
}

// The next value of an autoregressive series with variance 1.
static inline double noise_next(struct noise *noise, double rho) {
    noise->last = rho * noise->last + sqrt(1 - rho * rho) * noise_normal(noise);
    return noise->last;
}

#endif
