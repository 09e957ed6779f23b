// SPDX-License-Identifier: GPL-3.0-or-later
// Equal queries of several batches are asked once, and which answers are not shared.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "look.h"

static void test_fetcher__equal_queries_of_batches_are_asked_once(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.delay_ms = 50, .body = PLAYED_VECTOR}};
    struct played s = played_start(script, 1, (struct source_settings){0}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look looks[6] = {0};
    for (size_t i = 0; i < 5; i++) {
        look_add(&looks[i], &s, "up", 1735689600137);
        if (i == 4) look_add(&looks[i], &s, "up", 1735689600138);
        look_submit(fetcher, &looks[i], NULL);
    }
    for (size_t i = 0; i < 5; i++) look_run(fetcher, &looks[i]);
    look_add(&looks[5], &s, "up", 1735689600137); // after they have ended
    look_submit(fetcher, &looks[5], NULL);
    assert_false(looks[5].over); // never from within the submission
    look_run(fetcher, &looks[5]);
    assert_int_equal(fake_server_requests(s.server), 2);
    for (size_t i = 0; i < 6; i++) has_value(&looks[i].jobs[0], i > 0);
    has_value(&looks[4].jobs[1], false);
    const struct source_counters *c = source_counters(s.source);
    assert_int_equal(c->queries, 7);
    assert_int_equal(c->tries, 2);
    assert_int_equal(c->shared, 5);
    for (size_t i = 0; i < 5; i++) look_finish(&looks[i]);
    has_value(&looks[5].jobs[0], true); // the others have let go of it
    fetcher_destroy(fetcher);
    has_value(&looks[5].jobs[0], true); // and the fetcher
    look_finish(&looks[5]);
    played_finish(&s);
}

static void test_fetcher__failures_and_recordings_serve_nobody_else(void **state) {
    static const struct fake_answer script[] = {
        {.status = 400, .headers = "Content-Type: text/plain\r\n", .body = "no"}, {.body = PLAYED_VECTOR}, {.body = PLAYED_VECTOR}};
    struct played s = played_start(script, 3, (struct source_settings){0}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look looks[3] = {0};
    for (size_t i = 0; i < 3; i++) look_add(&looks[i], &s, "up", 1735689600137);
    look_submit(fetcher, &looks[0], NULL);
    look_run(fetcher, &looks[0]);
    assert_int_equal(looks[0].jobs[0].answer.http_status, 400);
    look_submit(fetcher, &looks[1], NULL);
    look_run(fetcher, &looks[1]);
    look_submit(fetcher, &looks[2], &(struct fetch_options){.record_dir = *state});
    look_run(fetcher, &looks[2]);
    assert_int_equal(fake_server_requests(s.server), 3);
    for (size_t i = 1; i < 3; i++) has_value(&looks[i].jobs[0], false);
    for (size_t i = 0; i < 3; i++) look_finish(&looks[i]);
    fetcher_destroy(fetcher);
    played_finish(&s);
}

static void test_fetcher__another_secret_asks_anew(void **state) {
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    char path[256];
    snprintf(path, sizeof path, "%s/token", (char *)*state);
    struct played s = played_start(script, 1, (struct source_settings){.bearer_token_file = path}, "");
    struct fetcher *fetcher = fetcher_create();
    static const char *const tokens[] = {"first", "first", "another"};
    for (size_t i = 0; i < 3; i++) {
        struct look look = {0};
        FILE *file = i == 1 ? NULL : fopen(path, "w");
        if (file != NULL) {
            fputs(tokens[i], file);
            fclose(file);
        }
        look_add(&look, &s, "up", 1735689600137);
        look_submit(fetcher, &look, NULL);
        look_run(fetcher, &look);
        has_value(&look.jobs[0], i == 1);
        look_finish(&look);
    }
    assert_int_equal(fake_server_requests(s.server), 2);
    unlink(path);
    fetcher_destroy(fetcher);
    played_finish(&s);
}

// Answers of one question are read and let go in several threads at once.
static void *read_and_finish(void *user) {
    struct fetch_job *job = user;
    double sum = 0;
    for (size_t i = 0; i < job->answer.set.count; i++) sum += job->answer.set.items[i].value[0];
    answer_finish(&job->answer);
    return sum == 2.385 ? user : NULL;
}

static void test_fetcher__shared_answers_are_read_in_any_thread(void **state) {
    (void)state;
    static const struct fake_answer script[] = {{.body = PLAYED_VECTOR}};
    struct played s = played_start(script, 1, (struct source_settings){0}, "");
    struct fetcher *fetcher = fetcher_create();
    struct look looks[4] = {0};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        look_add(&looks[i], &s, "up", 1);
        look_submit(fetcher, &looks[i], NULL);
    }
    for (size_t i = 0; i < 4; i++) {
        look_run(fetcher, &looks[i]);
        assert_int_equal(pthread_create(&threads[i], NULL, read_and_finish, &looks[i].jobs[0]), 0);
    }
    fetcher_destroy(fetcher);
    for (size_t i = 0; i < 4; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_ptr_equal(good, &looks[i].jobs[0]);
    }
    played_finish(&s);
}

static int make_dir(void **state) {
    char path[] = "/tmp/serin-fetcher-XXXXXX";
    *state = mem_strdup(mkdtemp(path));
    return 0;
}

static int remove_dir(void **state) {
    static const char *const names[] = {"answers.jsonl", "00001.body", "00002.body"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", (char *)*state, names[i]);
        unlink(path);
    }
    rmdir(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetcher__equal_queries_of_batches_are_asked_once),
        cmocka_unit_test_setup_teardown(test_fetcher__failures_and_recordings_serve_nobody_else, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_fetcher__another_secret_asks_anew, make_dir, remove_dir),
        cmocka_unit_test(test_fetcher__shared_answers_are_read_in_any_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
