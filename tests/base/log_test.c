// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "base/log.h"

static FILE *caught;
static int standard_error;

static int catch_lines(void **state) {
    (void)state;
    caught = tmpfile();
    standard_error = dup(STDERR_FILENO);
    return caught == NULL || dup2(fileno(caught), STDERR_FILENO) < 0;
}

static int let_lines_go(void **state) {
    (void)state;
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    fclose(caught);
    return 0;
}

// What was logged since the last time; at most so much.
static const char *logged(void) {
    static char text[100000];
    rewind(caught);
    text[fread(text, 1, sizeof text - 1, caught)] = '\0';
    assert_int_equal(ftruncate(fileno(caught), 0), 0);
    lseek(fileno(caught), 0, SEEK_SET);
    return text;
}

static void log_all_kinds(void) {
    struct log_line line;
    log_begin(&line, LOG_LEVEL_WARN, "odd");
    log_text(&line, "plain", "a/b");
    log_text(&line, "quoted", "a \"b\"\n\x01=\xc3\xa9");
    log_text(&line, "broken", "\xff");
    log_text(&line, "empty", "");
    log_text(&line, "none", NULL);
    log_i64(&line, "number", INT64_MIN);
    log_double(&line, "share", 0.25);
    log_end(&line);
}

static void test_log__writes_logfmt(void **state) {
    (void)state;
    log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    log_all_kinds();
    const char *text = logged();
    assert_memory_equal(text, "time=20", 7);
    assert_string_equal(strstr(text, " level"), " level=warn event=odd plain=a/b quoted=\"a \\\"b\\\"\\u000a\\u0001=\xc3\xa9\" "
                                                "broken=\"\\u00ff\" empty=\"\" number=-9223372036854775808 share=0.25\n");
}

static void test_log__writes_json(void **state) {
    (void)state;
    log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    log_all_kinds();
    const char *text = logged();
    assert_memory_equal(text, "{\"time\":\"20", 11);
    assert_string_equal(strstr(text, ",\"level"), ",\"level\":\"warn\",\"event\":\"odd\",\"plain\":\"a/b\","
                                                  "\"quoted\":\"a \\\"b\\\"\\u000a\\u0001=\xc3\xa9\",\"broken\":\"\\u00ff\",\"empty\":\"\","
                                                  "\"number\":-9223372036854775808,\"share\":0.25}\n");
    struct log_line line;
    log_begin(&line, LOG_LEVEL_WARN, "odd");
    log_double(&line, "infinite", HUGE_VAL);
    log_end(&line);
    assert_null(strstr(logged(), "infinite"));
}

static void test_log__has_levels(void **state) {
    (void)state;
    log_configure(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
    log_event(LOG_LEVEL_INFO, "hidden", NULL, NULL);
    assert_string_equal(logged(), "");
    log_event(LOG_LEVEL_ERROR, "shown", "why", "because");
    assert_non_null(strstr(logged(), "level=error event=shown why=because\n"));
    log_configure(LOG_LEVEL_NONE, LOG_FORMAT_LOGFMT);
    log_event(LOG_LEVEL_ERROR, "hidden", NULL, NULL);
    assert_string_equal(logged(), "");
}

static void test_log__cuts_long_values(void **state) {
    char value[3000];
    struct log_line line;
    (void)state;
    memset(value, 'x', sizeof value);
    memcpy(value + 499, "\xc3\xa9", 2); // a character across the cut
    value[sizeof value - 1] = '\0';
    log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    log_begin(&line, LOG_LEVEL_INFO, "long");
    for (int i = 0; i < 20; i++) log_text(&line, "value", value);
    log_end(&line);
    const char *text = logged();
    assert_true(strlen(text) <= 4096);
    assert_string_equal(text + strlen(text) - 4, "x\"}\n");
}

static void *log_a_lot(void *user) {
    for (int i = 0; i < 200; i++) log_event(LOG_LEVEL_INFO, "many", "who", user);
    return NULL;
}

static void test_log__keeps_lines_of_threads_apart(void **state) {
    static char names[4][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    size_t lines = 0;
    (void)state;
    log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, log_a_lot, names[i]);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    for (const char *line = logged(); *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_memory_equal(line, "time=", 5);
        assert_non_null(strchr(line, '\n'));
        lines++;
    }
    assert_int_equal(lines, 800);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log__writes_logfmt),
        cmocka_unit_test(test_log__writes_json),
        cmocka_unit_test(test_log__has_levels),
        cmocka_unit_test(test_log__cuts_long_values),
        cmocka_unit_test(test_log__keeps_lines_of_threads_apart),
    };
    return cmocka_run_group_tests(tests, catch_lines, let_lines_go);
}
