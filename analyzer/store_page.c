// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_page.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 50

bool store_analysis_is_sound(const struct store_analysis *a) {
    return a->id != NULL && a->request_sha256 != NULL && a->canary != NULL && a->config_sha256 != NULL && a->state <= STORE_CANCELLED;
}

struct store_analysis store_analysis_keep(struct store_analysis a, struct arena *arena) {
    const char **texts[] = {&a.id,          &a.key,     &a.asked_by, &a.request_sha256, &a.canary,
                            &a.config_name, &a.version, &a.artefact, &a.created_by,     &a.config_sha256,
                            &a.verdict,     &a.config,  &a.request,  &a.look_state,     &a.result};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) *texts[i] = arena_strdup(arena, *texts[i]);
    return a;
}

size_t store_page_limit(const struct store_filter *filter) {
    return filter->limit == 0 ? PAGE : filter->limit > STORE_PAGE_MOST ? STORE_PAGE_MOST : filter->limit;
}

const char *store_cursor_print(const struct store_analysis *last, struct arena *arena) {
    return arena_printf(arena, "%llx.%s", (unsigned long long)last->created_ms, last->id);
}

bool store_cursor_parse(const char *text, int64_t *ret_ms, const char **ret_id, struct error *err) {
    char *end;
    size_t digits = strspn(text, "0123456789abcdef");
    bool ok = digits > 0 && digits <= 16 && text[digits] == '.' && text[digits + 1] != '\0' && strlen(text + digits + 1) <= STORE_ID_LEN;
    if (!ok) return error_set(err, ERROR_USAGE, "cursor: not one that a page ended with");
    *ret_ms = (int64_t)strtoull(text, &end, 16);
    *ret_id = end + 1;
    return true;
}
