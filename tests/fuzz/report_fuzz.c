// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any bytes as a result document and writes every report of it: refused with a reason, or kept to what the readers of each
// format take.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/report_format.h"

enum { MOST_BYTES = 1 << 24, MOST_COMMENT = 60000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every line begins with one of them.
static void check_lines(const char *text, const char *const *beginnings) {
    for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
        size_t i = 0;
        while (beginnings[i] != NULL && strncmp(text, beginnings[i], strlen(beginnings[i])) != 0) i++;
        if (beginnings[i] == NULL) abort();
    }
}

// No line is a command to the log of a pipeline, and none paints.
static void check_text(const char *text) {
    if (strchr(text, '\x1b') != NULL || strstr(text, "##[") != NULL || strstr(text, "##vso[") != NULL) abort();
    for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
        if (strncmp(text + strspn(text, " "), "::", 2) == 0) abort();
    }
}

static void check(const char *format, const struct buf *out) {
    static const char *const commands[] = {"::error title=", "::warning title=", "::notice title=", NULL};
    static const char *const variables[] = {"SERIN_", NULL}, *const events[] = {"{\"event\":\"", NULL};
    const char *text = buf_text(out);
    if (strcmp(format, "text") == 0) check_text(text);
    if (strcmp(format, "github") == 0) check_lines(text, commands);
    if (strcmp(format, "dotenv") == 0) check_lines(text, variables);
    if (strcmp(format, "ndjson") == 0) check_lines(text, events);
    if (strcmp(format, "markdown") == 0 && out->len > MOST_COMMENT) abort();
    if (strcmp(format, "html") == 0 && (strstr(text, "<script") != NULL || strstr(text, "=\"nan") != NULL)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_t *result = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    const struct report_style style = {.width = 80, .verbose = size % 2 == 1};
    for (const struct report_format *format = report_formats; result != NULL && format->name != NULL; format++) {
        struct error err = {0};
        struct buf out;
        buf_init(&out, MOST_BYTES);
        bool ok = format->render(&out, result, &style, &err);
        if (!ok && err.text[0] == '\0') abort();
        if (ok) check(format->name, &out);
        buf_finish(&out);
    }
    json_decref(result);
    return 0;
}
