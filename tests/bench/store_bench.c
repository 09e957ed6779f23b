// SPDX-License-Identifier: GPL-3.0-or-later
// P23: what durable commits of the store take, a row being a look with a document of 2 KiB. Commits of one row are held against appends
// of 4 KiB with fdatasync, which is the least that durability costs; commits of 100 rows against the same without any sync. The
// candidates take turns in one run, in files of one directory; medians of their rates and ratios are printed. The last two lines go
// through the queue and its thread: one caller that waits for each, and one that does not.
// Usage: bench_store [--quick] [DIR]; DIR must be on the disk in question.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/store.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/mem.h"
#include "sqlite_store.h"
#include "store_changes.h"
#include "stopwatch.h"

#define ROUNDS 7
#define DOCUMENT_BYTES 2048
#define APPEND_BYTES 4096
#define GROUP ((size_t)100)

enum candidate { APPEND, FULL_1, FULL_100, OFF_100, WAITING, QUEUED, CANDIDATES };

static const char *const names[CANDIDATES] = {"append 4 KiB, fdatasync", "FULL, commits of 1", "FULL, commits of 100",
                                              "OFF, commits of 100",     "store, one waiting", "store, queued"};

struct bench {
    const char *dir;
    struct arena arena;
    struct store *store; // WAITING, QUEUED
    struct sqlite_store *full, *off;
    int append;
    char document[DOCUMENT_BYTES + 1];
    int64_t looks; // made so far
    size_t rows;   // of a round, for those of one row a commit; ten times as many for the others
    double rates[CANDIDATES][ROUNDS];
};

static void die(const char *text) {
    fprintf(stderr, "bench_store: %s\n", text);
    exit(1);
}

static struct store_batch *look_batch(struct bench *b) {
    struct store_batch *batch = store_batch_create();
    store_batch_add_look(batch, &(struct store_look){"a1", ++b->looks, 1, b->looks, "pass", b->document});
    return batch;
}

static struct store_batch *analysis_batch(void) {
    struct store_batch *batch = store_batch_create();
    char hex[DIGEST_HEX_LEN + 1];
    digest_hex(view_of("canary: bench\n"), hex);
    store_batch_add_analysis(
        batch,
        &(struct store_analysis){
            .id = "a1", .request_sha256 = hex, .canary = "bench", .config = "canary: bench\n", .config_sha256 = hex, .request = "{}"});
    return batch;
}

static const char *path_of(struct bench *b, const char *name) {
    return arena_printf(&b->arena, "%s/%s", b->dir, name);
}

static void commit(struct sqlite_store *store, struct store_batch **batches, size_t count) {
    static struct store_outcome outcomes[GROUP];
    memset(outcomes, 0, sizeof outcomes);
    if (!store->base.ops->commit(&store->base, batches, count, outcomes)) die(outcomes[0].err.text);
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].kind != STORE_COMMITTED) die(outcomes[i].err.text);
        store_batch_destroy(batches[i]);
    }
}

static struct sqlite_store *open_backend(struct bench *b, const char *name, const char *synchronous) {
    struct error err = {0};
    struct store_batch *first = analysis_batch();
    struct store_backend *backend = sqlite_store_ops.open(path_of(b, name), &(struct store_options){.create = true}, &err);
    if (backend == NULL) die(err.text);
    struct sqlite_store *store = (struct sqlite_store *)backend;
    if (!database_run(&store->writer, synchronous, &err)) die(err.text);
    commit(store, &first, 1);
    return store;
}

static size_t run_commits(struct bench *b, struct sqlite_store *store, size_t rows, size_t group) {
    struct store_batch *batches[GROUP];
    for (size_t done = 0; done < rows; done += group) {
        for (size_t i = 0; i < group; i++) batches[i] = look_batch(b);
        commit(store, batches, group);
    }
    return rows;
}

static size_t run_appends(struct bench *b, size_t rows) {
    static char page[APPEND_BYTES];
    memset(page, 'x', sizeof page);
    for (size_t i = 0; i < rows; i++) {
        if (write(b->append, page, sizeof page) != (ssize_t)sizeof page || fdatasync(b->append) != 0) die("append failed");
    }
    return rows;
}

static size_t run_waiting(struct bench *b, size_t rows) {
    struct store_outcome outcome;
    for (size_t i = 0; i < rows; i++) {
        if (!store_submit_wait(b->store, look_batch(b), &outcome)) die(outcome.err.text);
    }
    return rows;
}

static size_t run_queued(struct bench *b, size_t rows) {
    struct store_outcome outcome;
    struct error err;
    for (size_t i = 1; i < rows; i++) {
        if (!store_submit(b->store, look_batch(b), NULL, NULL, &err)) die(err.text);
    }
    if (!store_submit_wait(b->store, look_batch(b), &outcome)) die(outcome.err.text);
    return rows;
}

static size_t run(struct bench *b, enum candidate candidate) {
    switch (candidate) {
    case APPEND:
        return run_appends(b, b->rows);
    case FULL_1:
        return run_commits(b, b->full, b->rows, 1);
    case FULL_100:
        return run_commits(b, b->full, 10 * b->rows, GROUP);
    case OFF_100:
        return run_commits(b, b->off, 10 * b->rows, GROUP);
    case WAITING:
        return run_waiting(b, b->rows);
    case QUEUED:
    case CANDIDATES:
        break;
    }
    return run_queued(b, 10 * b->rows);
}

static double median_rate(const double *rates) { // leaves them in their order, as rounds are compared
    double sorted[ROUNDS];
    memcpy(sorted, rates, sizeof sorted);
    return median(sorted, ROUNDS);
}

static double median_ratio(const struct bench *b, enum candidate of, enum candidate to) {
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) ratios[i] = b->rates[of][i] / b->rates[to][i];
    return median(ratios, ROUNDS);
}

static void open_all(struct bench *b) {
    struct error err = {0};
    struct store_outcome outcome;
    memset(b->document, 'x', DOCUMENT_BYTES);
    b->append = open(path_of(b, "appended"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (b->append < 0) die("cannot write there");
    b->full = open_backend(b, "full.sqlite", "PRAGMA synchronous=FULL");
    b->off = open_backend(b, "off.sqlite", "PRAGMA synchronous=OFF");
    b->store = store_open(path_of(b, "store.sqlite"), &(struct store_options){.create = true, .owner = true}, &err);
    if (b->store == NULL) die(err.text);
    if (!store_submit_wait(b->store, analysis_batch(), &outcome)) die(outcome.err.text);
}

static void close_all(struct bench *b) {
    close(b->append);
    sqlite_store_ops.close(&b->full->base);
    sqlite_store_ops.close(&b->off->base);
    store_close(b->store);
    if (system(arena_printf(&b->arena, "rm -rf '%s'", b->dir)) != 0) die("its files are left");
    arena_finish(&b->arena);
}

int main(int argc, char **argv) {
    static struct bench b;
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *in = argc > 1 + quick ? argv[1 + quick] : ".";
    char *dir = arena_printf(&b.arena, "%s/bench_store_XXXXXX", in);
    if (mkdtemp(dir) == NULL) die("cannot write there");
    b.dir = dir;
    b.rows = quick ? 20 : 400;
    open_all(&b);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CANDIDATES; i++) {
            enum candidate candidate = (enum candidate)((i + round) % CANDIDATES);
            double begin = seconds();
            size_t rows = run(&b, candidate);
            b.rates[candidate][round] = (double)rows / (seconds() - begin);
        }
    }
    for (enum candidate c = APPEND; c < CANDIDATES; c++) printf("%-24s %9.0f rows/s\n", names[c], median_rate(b.rates[c]));
    printf("P23  FULL batch 1 / fdatasync appends       %.2f  (0.7 or more)\n", median_ratio(&b, FULL_1, APPEND));
    printf("P23  FULL batch 100 / OFF batch 100         %.2f  (0.35 or more)\n", median_ratio(&b, FULL_100, OFF_100));
    close_all(&b);
    return 0;
}
