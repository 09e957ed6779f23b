// SPDX-License-Identifier: GPL-3.0-or-later
// P24: what durable commits of the store on PostgreSQL take, a row being a look with a document of 2 KiB. Groups of 100 rows, sent as one
// pipeline, are held against one row a transaction without any store, and against the store's own commits of one row. The candidates take
// turns in one run; medians of their rates and ratios are printed.
// Usage: tests/analyzer/with_postgresql.py build/.../bench_pg
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "pg_store.h"
#include "store_changes.h"

#define ROUNDS 7
#define ROWS 300
#define GROUP ((size_t)100)

enum candidate { PLAIN, STORE_1, STORE_100, CANDIDATES };

static const char *const names[CANDIDATES] = {"single autocommit", "store, commits of 1", "store, commits of 100"};

struct bench {
    struct arena arena;
    struct pg_store *store;
    struct pg_link plain;
    char document[2049];
    int64_t looks; // made so far
    double rates[CANDIDATES][ROUNDS];
};

static void die(const char *text) {
    fprintf(stderr, "bench_pg: %s\n", text);
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void commit(struct bench *b, struct store_batch **batches, size_t count) {
    static struct store_outcome outcomes[GROUP];
    if (!pg_commit(&b->store->base, batches, count, outcomes)) die(outcomes[0].err.text);
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].kind != STORE_COMMITTED) die(outcomes[i].err.text);
        store_batch_destroy(batches[i]);
    }
}

static void open_all(struct bench *b) {
    const char *server = getenv("SERIN_TEST_POSTGRESQL"), *config = "canary: bench\n";
    char hex[DIGEST_HEX_LEN + 1];
    struct error err;
    struct store_batch *first = store_batch_create();
    if (server == NULL) die("run it by tests/analyzer/with_postgresql.py");
    struct store_backend *backend =
        pg_store_ops.open(arena_printf(&b->arena, "///postgres?%s", server), &(struct store_options){.create = true, .owner = true}, &err);
    if (backend == NULL) die(err.text);
    b->store = (struct pg_store *)backend;
    pg_link_init(&b->plain, &b->store->place);
    if (!pg_link_open(&b->plain, NULL, &err) ||
        !pg_run(&b->plain, "CREATE TABLE plain AS TABLE looks; CREATE UNIQUE INDEX ON plain(number)", &err))
        die(err.text);
    memset(b->document, 'x', sizeof b->document - 1);
    digest_hex(view_of(config), hex);
    store_batch_add_analysis(
        first, &(struct store_analysis){
                   .id = "a1", .request_sha256 = hex, .canary = "bench", .config = config, .config_sha256 = hex, .request = "{}"});
    commit(b, &first, 1);
}

static void run_plain(struct bench *b) {
    static const char sql[] = "INSERT INTO plain VALUES(1, $1::bigint, 1, 0, 'pass', $2::text)";
    struct error err;
    for (int i = 0; i < ROWS; i++) {
        struct pg_parameters p = {0};
        bool ok;
        pg_add_number(&p, ++b->looks);
        pg_add_text(&p, b->document);
        ok = pg_ask(&b->plain, sql, false, &p, &err);
        if (ok) pg_row(&b->plain, &ok, &err);
        pg_end(&b->plain);
        if (!ok) die(err.text);
    }
}

static void run_store(struct bench *b, size_t rows, size_t group) {
    struct store_batch *batches[GROUP];
    for (size_t done = 0; done < rows; done += group) {
        for (size_t i = 0; i < group; i++) {
            batches[i] = store_batch_create();
            store_batch_add_look(batches[i], &(struct store_look){"a1", ++b->looks, 1, b->looks, "pass", b->document});
        }
        commit(b, batches, group);
    }
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values) {
    double sorted[ROUNDS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, ROUNDS, sizeof *sorted, compare_doubles);
    return sorted[ROUNDS / 2];
}

static double median_ratio(const struct bench *b, enum candidate of, enum candidate to) {
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) ratios[i] = b->rates[of][i] / b->rates[to][i];
    return median(ratios);
}

int main(void) {
    static struct bench b;
    open_all(&b);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CANDIDATES; i++) {
            enum candidate candidate = (enum candidate)((i + round) % CANDIDATES);
            size_t rows = candidate == STORE_100 ? 10 * ROWS : ROWS;
            double begin = seconds();
            if (candidate == PLAIN)
                run_plain(&b);
            else
                run_store(&b, rows, candidate == STORE_1 ? 1 : GROUP);
            b.rates[candidate][round] = (double)rows / (seconds() - begin);
        }
    }
    for (enum candidate c = PLAIN; c < CANDIDATES; c++) printf("%-24s %9.0f rows/s\n", names[c], median(b.rates[c]));
    printf("P24  commits of 100 / single autocommit     %.1f  (6 or more)\n", median_ratio(&b, STORE_100, PLAIN));
    printf("     commits of 100 / commits of 1          %.1f\n", median_ratio(&b, STORE_100, STORE_1));
    pg_link_close(&b.plain);
    pg_store_ops.close(&b.store->base);
    arena_finish(&b.arena);
    return 0;
}
