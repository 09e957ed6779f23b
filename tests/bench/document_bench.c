// SPDX-License-Identifier: GPL-3.0-or-later
// Prints a result for the store, beside jansson's writer, in turns within one run. Usage: bench_document RESULT.json. Prints the medians
// and what ours is of jansson's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_print.h"
#include "stopwatch.h"

enum { ROUNDS = 41, DOCUMENTS = 20 };

static size_t print_theirs(const json_t *document) {
    char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(17));
    size_t len = strlen(text);
    free(text);
    return len;
}

static size_t print_ours(const json_t *document) {
    struct buf text;
    struct error err;
    buf_init(&text, (size_t)1 << 28);
    json_print(&text, document, JSON_LINE, &err);
    size_t len = text.len;
    buf_finish(&text);
    return len;
}

static double time_one(size_t (*print)(const json_t *document), const json_t *document, size_t *sum) {
    double begin = cpu_seconds();
    for (int i = 0; i < DOCUMENTS; i++) *sum += print(document);
    return 1e6 * (cpu_seconds() - begin) / DOCUMENTS;
}

int main(int argc, char **argv) {
    double theirs[ROUNDS], ours[ROUNDS];
    size_t sum = 0;
    json_t *document = argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;
    if (document == NULL) {
        fputs("usage: bench_document RESULT.json\n", stderr);
        return 2;
    }
    for (int r = 0; r < ROUNDS; r++) {
        theirs[r] = time_one(print_theirs, document, &sum);
        ours[r] = time_one(print_ours, document, &sum);
    }
    double mine = median(ours, ROUNDS), other = median(theirs, ROUNDS);
    printf("print a result: %.1f us, jansson %.1f us: %.2f of it\n", mine, other, mine / other);
    json_decref(document);
    return sum > 0 ? 0 : 1;
}
