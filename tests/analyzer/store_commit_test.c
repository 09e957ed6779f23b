// SPDX-License-Identifier: GPL-3.0-or-later
// How batches are committed: in groups, each for itself, and never lost.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store_place.h"

#define THREADS 8
#define EACH 40

static struct store_batch *memo_batch(const char *key, const char *json) {
    struct store_batch *batch = store_batch_create();
    store_batch_memo(batch, "test", key, json, PLACE_NOW);
    return batch;
}

static int64_t count_memos(struct place *p) {
    struct store_counts counts;
    struct error err = {0};
    if (!store_count(p->store, &counts, &err)) fail_msg("%s", err.text);
    return counts.memos;
}

// A gate that holds the writer inside a done function, so that what is submitted meanwhile comes in one group.
struct gate {
    pthread_mutex_t mutex; // guards open, waiting and told
    pthread_cond_t change;
    bool open, waiting;
    int told;
    struct store_outcome last[8];
};

static struct gate new_gate(void) {
    return (struct gate){.mutex = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};
}

static void hold(void *user, const struct store_outcome *outcome) {
    struct gate *gate = user;
    (void)outcome;
    pthread_mutex_lock(&gate->mutex);
    gate->waiting = true;
    pthread_cond_broadcast(&gate->change);
    while (!gate->open) pthread_cond_wait(&gate->change, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static void tell(void *user, const struct store_outcome *outcome) {
    struct gate *gate = user;
    pthread_mutex_lock(&gate->mutex);
    if (gate->told < 8) gate->last[gate->told] = *outcome;
    gate->told++;
    pthread_cond_broadcast(&gate->change);
    pthread_mutex_unlock(&gate->mutex);
}

static void hold_writer(struct place *p, struct gate *gate) {
    assert_true(store_submit(p->store, memo_batch("gate", "1"), hold, gate, NULL));
    pthread_mutex_lock(&gate->mutex);
    while (!gate->waiting) pthread_cond_wait(&gate->change, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static void release_writer(struct gate *gate, int wait_for) {
    pthread_mutex_lock(&gate->mutex);
    gate->open = true;
    pthread_cond_broadcast(&gate->change);
    while (gate->told < wait_for) pthread_cond_wait(&gate->change, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static void test_store_commit__groups_what_came_meanwhile(void **state) {
    struct place *p = *state;
    struct gate gate = new_gate();
    struct store_counters before, after;
    hold_writer(p, &gate);
    store_counters(p->store, &before);
    for (int i = 0; i < 150; i++)
        assert_true(store_submit(p->store, memo_batch(arena_printf(&p->arena, "k%d", i), "1"), tell, &gate, NULL));
    store_counters(p->store, &after);
    assert_int_equal(after.queued, 150);
    assert_true(after.queued_bytes > 0);
    release_writer(&gate, 150);
    store_counters(p->store, &after);
    assert_int_equal(after.commits - before.commits, 2); // 100 and 50
    assert_int_equal(after.largest_commit, 100);
    assert_int_equal(after.queued + after.queued_bytes + after.failed, 0);
    assert_true(after.writable);
    assert_int_equal(count_memos(p), 151);
}

static void test_store_commit__failing_batch_fails_alone(void **state) {
    struct place *p = *state;
    struct gate gate = new_gate();
    struct store_counters counters;
    place_add(p, "a1");
    hold_writer(p, &gate);
    struct store_batch *lost = memo_batch("lost", "1");
    store_batch_change(lost, &(struct store_change){.id = "a1", .revision = 7, .looks = 1});
    assert_true(store_submit(p->store, memo_batch("k1", "1"), tell, &gate, NULL));
    assert_true(store_submit(p->store, lost, tell, &gate, NULL));
    assert_true(store_submit(p->store, memo_batch("k2", "1"), tell, &gate, NULL));
    release_writer(&gate, 3);
    assert_int_equal(gate.last[0].kind, STORE_COMMITTED);
    assert_int_equal(gate.last[1].kind, STORE_CONFLICT);
    assert_int_equal(gate.last[2].kind, STORE_COMMITTED);
    assert_int_equal(count_memos(p), 3); // gate, k1, k2
    store_counters(p->store, &counters);
    assert_int_equal(counters.failed, 1);
    assert_true(counters.writable);
}

// Nothing of it is there to be undone, and the others are not made again.
static void test_store_commit__batch_that_changes_nothing_fails_alone(void **state) {
    struct place *p = *state;
    struct gate gate = new_gate();
    place_add(p, "a1");
    hold_writer(p, &gate);
    struct store_batch *stale = store_batch_create(), *change = store_batch_create();
    store_batch_change(change, &(struct store_change){.id = "a1", .revision = 1, .looks = 1, .at_ms = PLACE_NOW});
    store_batch_change(stale, &(struct store_change){.id = "a1", .revision = 1, .looks = 2, .at_ms = PLACE_NOW});
    assert_true(store_submit(p->store, change, tell, &gate, NULL));
    assert_true(store_submit(p->store, stale, tell, &gate, NULL));
    assert_true(store_submit(p->store, memo_batch("k", "1"), tell, &gate, NULL));
    release_writer(&gate, 3);
    assert_int_equal(gate.last[0].kind, STORE_COMMITTED);
    assert_int_equal(gate.last[1].kind, STORE_CONFLICT);
    assert_int_equal(gate.last[1].revision, 2);
    assert_int_equal(gate.last[2].kind, STORE_COMMITTED);
    assert_int_equal(place_get(p, "a1").looks, 1);
    assert_int_equal(count_memos(p), 2); // gate, k
}

static void test_store_commit__queue_is_bounded(void **state) {
    struct place *p = *state;
    struct gate gate = new_gate();
    struct error err = {0};
    store_close(p->store);
    p->store = store_open(p->path, &(struct store_options){.queue_bytes = 40000}, &err);
    assert_non_null(p->store);
    hold_writer(p, &gate);
    int taken = 0;
    while (taken < 1000 && store_submit(p->store, memo_batch(arena_printf(&p->arena, "k%d", taken), "1"), tell, &gate, &err)) taken++;
    assert_in_range(taken, 1, 100);
    assert_int_equal(err.code, ERROR_LIMIT);
    release_writer(&gate, taken);
    assert_true(store_submit(p->store, memo_batch("after", "1"), NULL, NULL, &err));
}

static void test_store_commit__closing_commits_what_was_submitted(void **state) {
    struct place *p = *state;
    for (int i = 0; i < 250; i++) assert_true(store_submit(p->store, memo_batch(arena_printf(&p->arena, "k%d", i), "1"), NULL, NULL, NULL));
    place_reopen(p);
    assert_int_equal(count_memos(p), 250);
}

struct submitter {
    pthread_t thread;
    struct place *p;
    int number, committed, conflicts;
};

// Memos of its own, and changes of one analysis that all threads want: of each revision one change is made.
static void *submit_many(void *user) {
    struct submitter *s = user;
    for (int i = 0; i < EACH; i++) {
        char key[32];
        struct store_outcome outcome;
        snprintf(key, sizeof key, "%d-%d", s->number, i);
        s->committed += store_submit_wait(s->p->store, memo_batch(key, "1"), &outcome);
        struct store_batch *batch = store_batch_create();
        store_batch_change(batch, &(struct store_change){.id = "a1", .revision = i + 1, .looks = 1, .at_ms = PLACE_NOW});
        if (store_submit_wait(s->p->store, batch, &outcome))
            s->committed++;
        else
            s->conflicts += outcome.kind == STORE_CONFLICT;
    }
    return NULL;
}

static void *read_many(void *user) {
    struct place *p = user;
    struct arena arena = {0};
    for (int i = 0; i < 200; i++) {
        struct store_analysis a;
        struct store_analyses page;
        bool found;
        bool ok = store_get(p->store, "a1", STORE_DOCUMENTS, &arena, &a, &found, NULL) && found &&
                  store_list(p->store, &(struct store_filter){.limit = 5}, &arena, &page, NULL) && page.count == 1;
        arena_finish(&arena);
        if (!ok) return p;
    }
    return NULL;
}

static void test_store_commit__many_threads(void **state) {
    struct place *p = *state;
    struct submitter submitters[THREADS];
    pthread_t readers[6]; // more than there are connections
    int committed = 0, conflicts = 0;
    place_add(p, "a1");
    for (int i = 0; i < THREADS; i++) {
        submitters[i] = (struct submitter){.p = p, .number = i};
        assert_int_equal(pthread_create(&submitters[i].thread, NULL, submit_many, &submitters[i]), 0);
    }
    for (int i = 0; i < 6; i++) assert_int_equal(pthread_create(&readers[i], NULL, read_many, p), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(submitters[i].thread, NULL);
        committed += submitters[i].committed;
        conflicts += submitters[i].conflicts;
    }
    for (int i = 0; i < 6; i++) {
        void *bad;
        pthread_join(readers[i], &bad);
        assert_null(bad);
    }
    int64_t revision = place_get(p, "a1").revision;
    assert_int_equal(count_memos(p), THREADS * EACH);
    assert_int_equal(committed, THREADS * EACH + revision - 1);
    assert_int_equal(conflicts, THREADS * EACH - (revision - 1));
}

static void report(void *user, const struct store_outcome *outcome) {
    int pipe_end = *(int *)user;
    char byte = outcome->kind == STORE_COMMITTED;
    if (write(pipe_end, &byte, 1) != 1) _exit(9);
}

// A child that submits without end, and reports what is acknowledged, until it is killed.
static void submit_until_killed(struct place *p, int pipe_end, int first) {
    struct error err = {0};
    p->store = store_open(p->path, &(struct store_options){.owner = true}, &err);
    if (p->store == NULL) _exit(8);
    for (int i = first;; i++) {
        char key[32];
        snprintf(key, sizeof key, "%08d", i);
        while (!store_submit(p->store, memo_batch(key, "1"), report, &pipe_end, NULL)) {
        }
    }
}

static void test_store_commit__nothing_acknowledged_is_lost(void **state) {
    struct place *p = *state;
    int64_t total = 0;
    store_close(p->store);
    p->store = NULL;
    for (int round = 0; round < 5; round++) {
        int ends[2], wanted = 20 + 333 * round;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) submit_until_killed(p, ends[1], (int)total);
        close(ends[1]);
        int acknowledged = 0;
        char bytes[256];
        ssize_t n;
        while (acknowledged < wanted && (n = read(ends[0], bytes, sizeof bytes)) > 0) {
            for (ssize_t i = 0; i < n; i++) assert_int_equal(bytes[i], 1);
            acknowledged += (int)n;
        }
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while ((n = read(ends[0], bytes, sizeof bytes)) > 0) acknowledged += (int)n;
        close(ends[0]);
        assert_true(acknowledged >= wanted);
        place_open(p);
        int64_t there = count_memos(p);
        if (there < total + acknowledged) fail_msg("%d of %d are there", (int)(there - total), acknowledged);
        total = there;
        struct error err = {0};
        if (!store_check(p->store, &err)) fail_msg("%s", err.text);
        store_close(p->store);
        p->store = NULL;
    }
}

static int64_t size_of(struct place *p, const char *more) {
    struct stat status;
    return stat(arena_printf(&p->arena, "%s%s", p->path, more), &status) == 0 ? (int64_t)status.st_size : 0;
}

// 48 MiB are committed one after the other, and the log, which is cut back to 16 MiB, holds no more of them than commits were put off for.
static void test_store_commit__the_log_is_written_back_while_commits_go_on(void **state) {
    const int64_t mib = 1 << 20;
    struct place *p = *state;
    if (place_is_shared()) skip(); // PostgreSQL's own business
    char *text = malloc((size_t)mib + 1);
    assert_non_null(text);
    memset(text, 'x', (size_t)mib);
    text[mib] = '\0';
    for (int i = 0; i < 48; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        place_submit(p, memo_batch(key, text));
    }
    for (int tries = 0; size_of(p, "") < 40 * mib && tries < 6000; tries++) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_true(size_of(p, "") >= 40 * mib);
    place_submit(p, memo_batch("last", "1"));
    assert_true(size_of(p, "-wal") <= 80 * mib); // 16,000 pages, and what came while they were written back
    free(text);
}

// In a child of its own, as the limit on files is of a process. Answers with the line of the first thing that is not as it should be.
static int fill_disk(struct place *p) {
    struct error err = {0};
    struct rlimit limit;
    struct store_outcome outcome;
    struct store_counters counters;
    struct stat wal;
    char *big = malloc(400001);
    if (big == NULL) return __LINE__;
    memset(big, 'x', 400000);
    big[400000] = '\0';
    signal(SIGXFSZ, SIG_IGN);
    p->store = store_open(p->path, &(struct store_options){.owner = true}, &err);
    if (p->store == NULL || !store_submit_wait(p->store, memo_batch("before", "1"), &outcome)) return __LINE__;
    if (stat(arena_printf(&p->arena, "%s-wal", p->path), &wal) != 0 || getrlimit(RLIMIT_FSIZE, &limit) != 0) return __LINE__;
    rlim_t most = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)wal.st_size + 200000;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return __LINE__;
    struct gate gate = new_gate();
    hold_writer(p, &gate);
    if (!store_submit(p->store, memo_batch("big", big), tell, &gate, NULL)) return __LINE__;
    if (!store_submit(p->store, memo_batch("small", "1"), tell, &gate, NULL)) return __LINE__;
    release_writer(&gate, 2);
    if (gate.last[0].kind != STORE_FAILED || gate.last[0].err.code != ERROR_IO || gate.last[0].err.text[0] == '\0') return __LINE__;
    if (gate.last[1].kind != STORE_COMMITTED) return __LINE__; // has room, though it came with one that has none
    store_counters(p->store, &counters);
    if (counters.writable) return __LINE__;
    limit.rlim_cur = most;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return __LINE__;
    if (!store_submit_wait(p->store, memo_batch("big", big), &outcome) || !store_probe(p->store, PLACE_NOW, &err)) return __LINE__;
    store_counters(p->store, &counters);
    free(big);
    if (!counters.writable || !store_check(p->store, &err)) return __LINE__;
    store_close(p->store);
    return 0;
}

static void test_store_commit__full_disk_fails_clearly_and_mends(void **state) {
    struct place *p = *state;
    if (place_is_shared()) skip(); // its disk is the server's
    int status = 0;
    store_close(p->store);
    p->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int line = fill_disk(p);
        if (line != 0) fprintf(stderr, "line %d\n", line);
        _exit(line == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    place_open(p);
    assert_int_equal(count_memos(p), 5); // before, gate, small, big, probe
}

int main(void) {
#define PLACED(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        PLACED(test_store_commit__groups_what_came_meanwhile),
        PLACED(test_store_commit__failing_batch_fails_alone),
        PLACED(test_store_commit__batch_that_changes_nothing_fails_alone),
        PLACED(test_store_commit__queue_is_bounded),
        PLACED(test_store_commit__closing_commits_what_was_submitted),
        PLACED(test_store_commit__many_threads),
        PLACED(test_store_commit__nothing_acknowledged_is_lost),
        PLACED(test_store_commit__the_log_is_written_back_while_commits_go_on),
        PLACED(test_store_commit__full_disk_fails_clearly_and_mends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
