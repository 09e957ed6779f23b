// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/schedule.h"

#include "api/named_config.h"
#include "base/digest.h"
#include "base/log.h"

#define MOST_REQUEST_BYTES ((size_t)16 << 20)

static void tell(const char *canary, const char *text) {
    struct log_line line;
    log_begin(&line, LOG_LEVEL_WARN, "schedule");
    log_text(&line, "canary", canary);
    log_text(&line, "error", text);
    log_end(&line);
}

static void answered(void *user, const struct engine_answer *answer) {
    (void)user;
    if (answer->kind == ENGINE_FULL) tell(NULL, "too many analyses are open");
    if (answer->kind == ENGINE_FAILED) tell(NULL, answer->err.text);
}

// Schedules of one canary may differ in what they ask for: the digest of the request tells them apart.
static const char *key_of(const struct serve_schedule *schedule, const struct analysis_request *request, int64_t slot,
                          struct arena *arena) {
    char digest[DIGEST_HEX_LEN + 1];
    struct buf text;
    buf_init(&text, MOST_REQUEST_BYTES);
    analysis_request_print(&text, request);
    digest_hex((struct view){buf_text(&text), text.len}, digest);
    buf_finish(&text);
    return arena_printf(arena, "schedule:%.64s:%lld:%lld:%.32s", schedule->canary, (long long)schedule->every_ms, (long long)slot, digest);
}

void schedule_run(const struct service *service, const struct serve_schedule *schedule, struct schedule_state *state, int64_t now_ms) {
    int64_t slot = now_ms / schedule->every_ms;
    struct arena arena = {0};
    struct error err = {0};
    if (slot == state->slot) return;
    state->slot = slot;
    struct named_config *named = named_config_of(service, schedule->canary, &arena);
    if (named == NULL) {
        tell(schedule->canary, "there is no config of that name");
        arena_finish(&arena);
        return;
    }
    struct engine_submission s = {.config = named->text, .config_file = named->file, .who = "schedule"};
    s.request =
        (struct analysis_request){.canary = schedule->canary, .overrides = schedule->overrides, .start_ms = INT64_MIN, .end_ms = INT64_MIN};
    s.request.key = key_of(schedule, &s.request, slot, &arena);
    struct findings findings;
    findings_init(&findings, &arena);
    if (!engine_submit(service->engine, &s, &findings, answered, NULL, &err))
        tell(schedule->canary, findings.count > 0 ? findings.items[0].text : err.text);
    findings_finish(&findings);
    arena_finish(&arena);
}
