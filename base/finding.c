// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define MOST_FINDINGS 1000

void findings_init(struct findings *findings, struct arena *arena) {
    *findings = (struct findings){.arena = arena};
}

void findings_finish(struct findings *findings) {
    if (findings == NULL) return;
    free(findings->items);
    findings->items = NULL;
    findings->count = findings->cap = 0;
}

void findings_add(struct findings *findings, enum finding_level level, const char *file, int line, int column, const char *key,
                  const char *format, ...) {
    if (level == FINDING_ERROR) findings->errors++;
    if (findings->count >= MOST_FINDINGS) return;
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mem_grow((void **)&findings->items, &findings->cap, findings->count, sizeof findings->items[0]);
    findings->items[findings->count++] = (struct finding){
        .level = level,
        .file = arena_strdup(findings->arena, file),
        .line = line,
        .column = column,
        .key = arena_strdup(findings->arena, key),
        .text = arena_strdup(findings->arena, text),
    };
}

void findings_print(const struct findings *findings, struct buf *out) {
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        buf_str(out, f->file);
        if (f->line > 0) buf_printf(out, ":%d:%d", f->line, f->column);
        buf_printf(out, ": %s: ", f->level == FINDING_ERROR ? "error" : "warning");
        if (f->key[0] != '\0') buf_printf(out, "%s: ", f->key);
        buf_printf(out, "%s\n", f->text);
    }
}
