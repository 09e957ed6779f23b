// SPDX-License-Identifier: GPL-3.0-or-later
// What /metrics of a service shows now: the values of the last analysis of each canary, and what the service counts of itself. A canary
// keeps its values for the retention (serin_analysis_end_timestamp_seconds says how old they are); then its series are left out, which
// makes a scraping server end them. Samples carry no timestamps, because a server does not end series that do. All functions may be
// called from any thread at any time.
#ifndef EXPORTERS_LIVE_H
#define EXPORTERS_LIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/duration_histogram.h"
#include "base/error.h"
#include "base/process_usage.h"
#include "exporters/exposition_negotiate.h"

#define LIVE_RETENTION_MS INT64_C(86400000)

enum { LIVE_MOST_CANARIES = 1000, LIVE_MOST_SERIES = 10000, LIVE_MOST_TOTAL = 100000, LIVE_MOST_COUNTS = 10000 };

struct live_options { // 0: the constants above
    int64_t retention_ms;
    size_t most_canaries;
    size_t most_series; // of a canary; all together are at most LIVE_MOST_TOTAL
};

struct live_count { // one series: its label values, NULL for a label that the metric does not have
    const char *first, *second;
    uint64_t count;
    const char *analysis_id; // the last analysis that was counted, for exemplars; NULL: none
    int64_t analysis_ms;     // its end
};

struct live_counts { // at most LIVE_MOST_COUNTS; equal labels are added up
    const struct live_count *items;
    size_t count;
};

struct live_source { // of all queries to a source
    const char *name;
    uint64_t queries, tries, retries, throttled, refused, hedged, shared, bytes;
    struct duration_histogram durations;
};

struct live_check { // the value that decided an external check of a gate
    const char *canary, *check;
    double value;
};

struct live_engine { // the counts of the service now; the comments name the labels. Whoever knows all parts of the service fills it in
    const char *version;
    struct live_counts gates;         // canary: 1 open, 0 not
    struct live_counts freezes;       // freeze: 1
    const struct live_check *checks;  // at most LIVE_MOST_COUNTS, each once
    size_t check_count;
    struct live_counts analyses;      // canary, verdict
    uint64_t analyses_open, looks, looks_missed;
    struct duration_histogram delays; // from the last answer of a look to its publication
    const struct live_source *sources; // at most LIVE_MOST_COUNTS, each once
    size_t source_count;
    struct live_counts query_failures; // source, outcome
    struct live_counts deliveries;     // target, outcome; a target's key, never its URL
    struct live_counts waiting;        // target
    struct live_counts suppressed;     // reason
    struct live_counts http_requests;  // route (its pattern, never the path of a request), code
    struct live_counts http_rejected;  // reason
    uint64_t http_in_flight, store_commits;
    bool keeps_evidence;
    uint64_t evidence_bytes, evidence_looks, evidence_lost;
    int64_t process_start_ms; // 0: not known
    struct process_usage process;
};

struct live;

struct live *live_create(const struct live_options *options); // NULL: defaults
void live_destroy(struct live *live);                         // fine with NULL; pages that were taken stay

// Shows a result (schema serin.result/1) in place of the canary's earlier one. Its retention begins at `now_ms`, on the same clock as
// live_page()'s. False with err as of report_read(); the page then stays as it was.
bool live_result(struct live *live, const json_t *result, int64_t now_ms, struct error *err);
void live_forget(struct live *live, const char *canary); // leaves its series out from now on; fine when there are none

void live_engine_set(struct live *live, const struct live_engine *engine); // copied, with labels cut to what they may be

struct live_page { // immutable, and shared by those who take it
    const char *data;
    size_t len;
    enum exposition_format format;
};

// The page as of now, never NULL; it is rendered again only when something has changed. Its content type is what
// exposition_negotiate() chose. The caller gives it back with live_page_unref(), on any thread.
const struct live_page *live_page(struct live *live, enum exposition_format format, int64_t now_ms);
void live_page_unref(const struct live_page *page); // fine with NULL

#endif
