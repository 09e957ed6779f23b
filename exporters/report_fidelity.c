// SPDX-License-Identifier: GPL-3.0-or-later
// What a document tells of a run's fidelity, as short texts that every report for people shares.
#include "report_part.h"
#include "text_time.h"
#include "text_value.h"

#define MOST_GAPS 3
#define LEAST_IMPACT 1.0 // points; what costs less is counted, and told by the document
#define MOST_LOAD 1e6    // beyond it is no load

static const char *parity_text(struct text_out *to, const struct report_trust *trust) {
    if (!trust->parity.known) return "parity not known: no metric has data on both sides";
    const char *text = arena_printf(to->arena, "parity %s/100", text_score(to->arena, trust->parity.value));
    if (trust->gap_count == 0) return text;
    return arena_printf(to->arena, "%s, %lld gap%s", text, (long long)trust->gap_count, trust->gap_count == 1 ? "" : "s");
}

size_t report_fidelity(struct text_out *to, const struct report *report, const char *ret[REPORT_FIDELITY]) {
    const struct report_trust *trust = &report->trust;
    size_t count = 0;
    if (!trust->present) return 0;
    if (trust->parity.known || trust->silent > 0) ret[count++] = parity_text(to, trust); // else nothing is read on both sides
    for (size_t i = 0; i < trust->listed && i < MOST_GAPS && trust->gaps[i].impact >= LEAST_IMPACT; i++)
        ret[count++] = arena_printf(to->arena, "gap in %s: %s", trust->gaps[i].metric, trust->gaps[i].text);
    if (trust->load.known && trust->load.value < MOST_LOAD)
        ret[count++] = arena_printf(to->arena, "canary load %s%% of the baseline's", text_plain(to->arena, 100 * trust->load.value));
    double age_s = trust->data_age_s.known ? trust->data_age_s.value : 0;
    if (age_s > (double)(2 * report->step_s) && age_s < 1e9)
        ret[count++] = arena_printf(to->arena, "newest data %s before the end", text_duration(to->arena, (int64_t)age_s * 1000));
    return count;
}
