// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSLO v1 documents (kinds SLO, SLI, Service, DataSource) as objectives. What an objective of serin cannot say is a finding with
// file, line and key, and the SLO it belongs to is left out; nothing is read into a document that it does not say.
#ifndef ANALYZER_OPENSLO_H
#define ANALYZER_OPENSLO_H

#include "analyzer/objective.h"
#include "base/finding.h"
#include "base/view.h"

struct openslo_file {
    const char *path;
    struct view text;
};

struct openslo_tier { // as a config writes it
    const char *name, *severity;
    int64_t long_ms, short_ms;
    int share; // per cent of the budget
};

#define OPENSLO_TIERS 4

struct openslo_objective { // texts are as a config writes them
    const char *file;
    struct place place; // of the SLO
    const char *name, *title; // title: of people, on one line; NULL: none
    const char *target;       // per cent, without the sign
    enum objective_calendar calendar;
    int64_t period_ms;        // rolling only
    const char *time_zone;    // NULL: UTC
    enum objective_kind kind;
    const char *bad, *good, *total, *histogram, *up;
    const char *below; // in the histogram's unit
    bool sliced, slice_mean;
    int64_t slice_ms;
    const char *slice_target;      // per cent
    struct name_values labels;
    bool has_tiers;                // the usual ones do not fit the period or the slices
    struct openslo_tier tiers[OPENSLO_TIERS];
    size_t tier_count;
};

struct openslo {
    struct openslo_objective *items;
    size_t count;
};

// Reads all files together, so that an SLO may refer to an SLI in another one. Lives in the arena and borrows the texts' paths.
void openslo_read(const struct openslo_file *files, size_t count, struct arena *arena, struct findings *findings, struct openslo *ret);

#endif
