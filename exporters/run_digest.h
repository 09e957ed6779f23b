// SPDX-License-Identifier: GPL-3.0-or-later
// What receivers are told of a run, taken from its result document: texts are clean and bounded.
#ifndef EXPORTERS_RUN_DIGEST_H
#define EXPORTERS_RUN_DIGEST_H

#include "report_doc.h"

#define RUN_DIGEST_TYPE "serin.verdict.finished"
#define RUN_DIGEST_STARTED "serin.analysis.started"

enum { DIGEST_METRICS = 100, DIGEST_LABEL = 1024 }; // metrics in a digest; columns of a label's value

struct run_digest {
    struct arena arena;
    struct report report;
    struct text_out to;   // only for texts
    const json_t *result; // borrowed
    const char *link;     // of a page about the run; NULL: none
    int64_t now_ms;
    char id[65];          // of the message: the same document has the same
    const char *type;     // of the event, "serin.verdict.finished"
    const char *what;     // happened, where there is no result: "analysis started"; else NULL
    bool ended;           // alerts: what fires has ended all the same
    int64_t decided_ms;   // alerts: when they were told first; 0: now
    bool firing_only;     // alerts: what does not fire is not told
    const char *correlation; // of the analysis, borrowed; NULL: none
    const json_t *more;   // members of the data beyond those of the result, borrowed; NULL: none
};

struct run_notice { // of what there is no result of; what is NULL is not told
    const char *what, *id, *canary, *owner, *runbook, *verdict;
    struct report_texts reasons;
};

// False with err as of report_read(). Finish it either way.
bool run_digest_init(struct run_digest *digest, const json_t *result, const char *link, int64_t now_ms, struct error *err);

// Without a result; the id is left to the caller. Finish it.
void run_digest_notice(struct run_digest *digest, const struct run_notice *notice, const char *link, int64_t now_ms);

void run_digest_finish(struct run_digest *digest);

// The data of an event: verdict, score, window, reasons and the metrics, those that do not pass first. The caller releases it.
json_t *run_digest_json(struct run_digest *digest);

const char *run_digest_line(struct run_digest *digest); // "checkout-api: fail, score 41 (pass 85, marginal 70)"

// "0.56% → 3.01%, +435% [+373%..+511%]: why".
const char *run_digest_metric(struct run_digest *digest, const struct report_metric *metric);

const char *run_digest_time(struct run_digest *digest, int64_t ms); // RFC 3339

// The metric's position among those of the document, for report_extra_read().
size_t run_digest_index(const struct run_digest *digest, const struct report_metric *metric);

#endif
