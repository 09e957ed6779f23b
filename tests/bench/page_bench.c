// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the page of metrics of a service that has one analysis again and again after its counters changed, beside one snprintf for
// every line of the same page, in turns. Usage: bench_page RESULT.json [SOURCES]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exporters/live.h"
#include "made_engine.h"
#include "stopwatch.h"

enum { ROUNDS = 21, PAGES = 200, MOST_LINES = 10000 };

struct line { // a sample, or a comment whose name is all of it
    const char *name, *labels;
    double value;
    bool comment;
};

struct page {
    struct line lines[MOST_LINES];
    size_t count, len;
    char *text, *room;
};

// What snprintf is given, taken apart beforehand.
static void split(struct page *page, const struct live_page *from) {
    page->text = mem_strndup(from->data, from->len);
    page->room = mem_alloc(2 * from->len);
    for (char *at = page->text, *end; *at != '\0' && page->count < MOST_LINES; at = end + 1) {
        struct line *line = &page->lines[page->count++];
        end = strchr(at, '\n');
        *end = '\0';
        *line = (struct line){.name = at, .labels = "", .comment = *at == '#'};
        if (line->comment) continue;
        char *blank = strrchr(at, ' '), *brace = strchr(at, '{');
        line->value = strtod(blank + 1, NULL);
        *blank = '\0';
        if (brace == NULL) continue;
        *brace = '\0';
        line->labels = brace + 1;
    }
}

static size_t print(const struct page *page) {
    size_t len = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct line *line = &page->lines[i];
        if (line->comment)
            len += (size_t)snprintf(page->room + len, 4096, "%s\n", line->name);
        else
            len += (size_t)snprintf(page->room + len, 4096, "%s%s%s %.17g\n", line->name, *line->labels != '\0' ? "{" : "", line->labels,
                                    line->value);
    }
    return len;
}

static size_t rebuild(struct live *live, const struct live_engine *engine, enum exposition_format format) {
    live_engine_set(live, engine);
    const struct live_page *page = live_page(live, format, 0);
    size_t len = page->len;
    live_page_unref(page);
    return len;
}

static double median_us(double *rounds) {
    return median(rounds, ROUNDS) / PAGES * 1e6;
}

int main(int argc, char **argv) {
    static const char *const names[] = {"text", "openmetrics", "protobuf", "snprintf"};
    static struct made_engine made;
    static struct page lines;
    double seconds[EXPOSITION_FORMATS + 1][ROUNDS], us[EXPOSITION_FORMATS + 1];
    struct error err;
    struct live *live = live_create(NULL);
    json_t *result = argc > 1 ? json_load_file(argv[1], 0, NULL) : NULL;
    if (result == NULL || !live_result(live, result, 0, &err)) return 2;
    size_t sources = argc > 2 ? strtoul(argv[2], NULL, 10) : 2;
    const struct live_engine *engine = made_engine(&made, sources < MADE_SOURCES ? sources : MADE_SOURCES);
    live_engine_set(live, engine);
    const struct live_page *page = live_page(live, EXPOSITION_TEXT, 0);
    split(&lines, page);
    printf("page of %zu bytes, %zu lines\n", page->len, lines.count);
    live_page_unref(page);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i <= EXPOSITION_FORMATS; i++) {
            double begin = cpu_seconds();
            for (int k = 0; k < PAGES; k++)
                lines.len += i < EXPOSITION_FORMATS ? rebuild(live, engine, (enum exposition_format)i) : print(&lines);
            seconds[i][round] = cpu_seconds() - begin;
        }
    }
    for (int i = 0; i <= EXPOSITION_FORMATS; i++) us[i] = median_us(seconds[i]);
    for (int i = 0; i <= EXPOSITION_FORMATS; i++)
        printf("%-12s %8.2f us  %.2f x as fast as snprintf\n", names[i], us[i], us[EXPOSITION_FORMATS] / us[i]);
    free(lines.text);
    free(lines.room);
    json_decref(result);
    live_destroy(live);
    return 0;
}
