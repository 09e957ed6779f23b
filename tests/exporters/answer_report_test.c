// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/answer_report.h"

#define START_MS INT64_C(1735689600000)

struct fixture {
    struct answer answer;
    struct query query;
    struct answer_report report;
    struct buf out;
};

static void start(struct fixture *f, enum query_mode mode, enum result_type type) {
    *f = (struct fixture){.answer = {.duration_ms = 12, .bytes = 2048, .requests = 1, .tries = 1, .pieces = 1},
                          .query = {"up{job=\"a\"}", mode, START_MS, START_MS + 240000, mode == QUERY_RANGE ? 15000 : 0}};
    series_set_init(&f->answer.set);
    f->answer.set.type = type;
    f->answer.protocol = mode == QUERY_RAW ? PROTOCOL_STREAM : PROTOCOL_AUTO;
    f->report = (struct answer_report){"prod", "prometheus", "2.42.0", &f->query, &f->answer};
    buf_init(&f->out, 1 << 20);
}

static void finish(struct fixture *f) {
    series_set_finish(&f->answer.set);
    buf_finish(&f->out);
}

// A series with the labels named, up to a NULL.
static struct series *add(struct fixture *f, const char *const *labels) {
    struct series *series = series_set_add(&f->answer.set);
    size_t count = 0;
    while (labels[count] != NULL) count++;
    series->labels.items = arena_array(&f->answer.set.arena, count / 2, sizeof *series->labels.items);
    for (size_t i = 0; i < count / 2; i++) series->labels.items[i] = (struct label){view_of(labels[2 * i]), view_of(labels[2 * i + 1])};
    series->labels.count = count / 2;
    labels_sort(&series->labels);
    return series;
}

#define LABELS(...)                                                                                                                        \
    (const char *const[]) {                                                                                                                \
        __VA_ARGS__, NULL                                                                                                                  \
    }

static void add_text(struct text_list *list, const char *text) {
    list->items = realloc(list->items, (list->count + 1) * sizeof *list->items);
    assert_non_null(list->items);
    list->items[list->count++] = view_of(text);
}

static void check_text(struct fixture *f, bool verbose, const char *want) {
    const struct report_style style = {.ascii = true, .width = 80, .verbose = verbose};
    buf_clear(&f->out);
    answer_report_text(&f->out, &f->report, &style);
    assert_string_equal(buf_text(&f->out), want);
}

static void test_answer_report_text__shows_series_gaps_and_warnings(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_RAW, RESULT_MATRIX);
    struct series *b = add(&f, LABELS("__name__", "up", "pod", "b")), *a;
    for (int i = 0; i < 16; i++) {
        if (i != 5 && i != 6) series_append(b, START_MS + (i + 1) * 15000, i == 15 ? (double)NAN : 2.5 * i);
    }
    a = add(&f, LABELS("__name__", "up", "pod", "a\x1b[31m"));
    series_append(a, START_MS + 1000, 1234567);
    f.answer.clipped = 3;
    f.answer.requests = 2;
    add_text(&f.answer.set.warnings, "something\nodd");
    add_text(&f.answer.set.infos, "a hint");
    check_text(&f, false,
               "source   prod (prometheus 2.42.0)\n"
               "query    up{job=\"a\"}\n"
               "read     sample by sample, by streamed remote read; 2025-01-01T00:00:00Z to\n"
               "         2025-01-01T00:04:00Z (4m)\n"
               "answer   2 series, 15 samples; 2KiB in 12ms, 2 requests; 3 samples outside the\n"
               "         window cut off\n"
               "scrapes  every 15s; 1 gap in 1 series, the longest of 45s, 2 samples missing\n"
               "warning  something odd\n"
               "info     a hint\n"
               "all have {__name__=\"up\"}\n"
               "\n"
               "series           n  first   last    min   mean    max  trend\n"
               "{pod=\"a?[31m\"}   1  1.23M  1.23M  1.23M  1.23M  1.23M  =\n"
               "{pod=\"b\"}       14      0    NaN      0   18.1     35   __..:  ==++**##\n"
               "  1 of them NaN\n");
    finish(&f);
}

static void test_answer_report__tells_what_counters_grew_by(void **state) {
    (void)state;
    static const double values[] = {1000, 1030, 10, 40}; // a minute apart, with a restart
    struct fixture f;
    start(&f, QUERY_RAW, RESULT_MATRIX);
    add(&f, LABELS("__name__", "up"));
    struct series *counter = add(&f, LABELS("__name__", "hits_total"));
    for (int i = 0; i < 4; i++) series_append(counter, START_MS + 30000 + 60000 * i, values[i]);
    answer_report_text(&f.out, &f.report, &(struct report_style){.ascii = true, .width = 120});
    const char *want = "increase 70 in all, 1 reset; increase() of Prometheus 2 makes 93.3 of it, of Prometheus 3 93.3\n";
    if (strstr(buf_text(&f.out), want) == NULL) fail_msg("%s", buf_text(&f.out));
    buf_clear(&f.out);
    answer_report_json(&f.out, &f.report);
    want = "\"increase\": {\"resets\": 1, \"raw\": 70, \"closed\": 93.3";
    if (strstr(buf_text(&f.out), want) == NULL) fail_msg("%s", buf_text(&f.out));
    finish(&f);
}

static void test_answer_report_text__of_one_value_a_series(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_INSTANT, RESULT_VECTOR);
    series_append(add(&f, LABELS("code", "200")), START_MS, 203603.0625);
    series_append(add(&f, LABELS("code", "500")), START_MS, (double)NAN);
    check_text(&f, false,
               "source   prod (prometheus 2.42.0)\n"
               "query    up{job=\"a\"}\n"
               "read     instant query at 2025-01-01T00:04:00Z\n"
               "answer   2 series, 2 samples; 2KiB in 12ms, 1 request\n"
               "\n"
               "series              value\n"
               "{code=\"200\"}  203603.0625\n"
               "{code=\"500\"}          NaN\n");
    finish(&f);
}

static void test_answer_report_text__warns_of_copies(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_RANGE, RESULT_MATRIX);
    struct series *series = add(&f, LABELS("a", "b"));
    for (int i = 0; i < 17; i++) series_append(series, START_MS + i * 15000, (i + 1) / 4);
    buf_clear(&f.out);
    answer_report_text(&f.out, &f.report, &(struct report_style){.ascii = true, .width = 80});
    if (strstr(buf_text(&f.out), "warning  the step of 15s seems to be below the scrape interval") == NULL)
        fail_msg("%s", buf_text(&f.out));
    finish(&f);
}

static void test_answer_report_text__lists_what_is_no_sample(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_LABELS, RESULT_NAMES);
    for (int i = 0; i < 102; i++) add_text(&f.answer.set.names, "name");
    f.query.expr = "";
    buf_clear(&f.out);
    answer_report_text(&f.out, &f.report, &(struct report_style){.ascii = true, .width = 80});
    const char *end = "name\nname\n... 2 more; --verbose shows all\n";
    assert_true(f.out.len > strlen(end));
    assert_string_equal(buf_text(&f.out) + f.out.len - strlen(end), end);
    finish(&f);

    start(&f, QUERY_METADATA, RESULT_METADATA);
    add(&f, LABELS("__name__", "up", "help", "Is it up?", "type", "gauge", "unit", ""));
    check_text(&f, false,
               "source   prod (prometheus 2.42.0)\n"
               "query    up{job=\"a\"}\n"
               "read     metadata\n"
               "answer   1 metric; 2KiB in 12ms, 1 request\n"
               "\n"
               "up gauge\n"
               "  Is it up?\n");
    finish(&f);

    start(&f, QUERY_EXEMPLARS, RESULT_EXEMPLARS);
    add(&f, LABELS("z", "1"));
    add(&f, LABELS("a", "1"));
    struct label trace = {view_of("trace_id"), view_of("7f")};
    f.answer.set.exemplars = calloc(1, sizeof *f.answer.set.exemplars);
    assert_non_null(f.answer.set.exemplars);
    f.answer.set.exemplars[f.answer.set.exemplar_count++] = (struct exemplar){1, {&trace, 1}, 0.75, START_MS};
    check_text(&f, false,
               "source   prod (prometheus 2.42.0)\n"
               "query    up{job=\"a\"}\n"
               "read     exemplars; 2025-01-01T00:00:00Z to 2025-01-01T00:04:00Z (4m)\n"
               "answer   2 series, 1 exemplar; 2KiB in 12ms, 1 request\n"
               "\n"
               "{a=\"1\"}\n"
               "  2025-01-01T00:00:00Z  0.75  {trace_id=\"7f\"}\n"
               "{z=\"1\"}\n");
    finish(&f);
}

static void add_odd_series(struct fixture *f) {
    struct series *series = add(f, LABELS("__name__", "a:b.c", "9q", "x,\"y\"\nz"));
    series_append(series, START_MS + 5, 0.1);
    series_append(series, START_MS + 1000, -(double)INFINITY);
    series_append(add(f, LABELS("pod", "p")), START_MS, (double)NAN);
}

static void test_answer_report_csv__quotes_and_takes_all_label_names(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_RAW, RESULT_MATRIX);
    add_odd_series(&f);
    answer_report_csv(&f.out, &f.report);
    assert_string_equal(buf_text(&f.out), "time_ms,value,9q,__name__,pod\n"
                                          "1735689600005,0.1,\"x,\"\"y\"\"\nz\",a:b.c,\n"
                                          "1735689601000,-Inf,\"x,\"\"y\"\"\nz\",a:b.c,\n"
                                          "1735689600000,NaN,,,p\n");
    series_append_histogram(&f.answer.set.items[1], &(struct histogram){.time_ms = START_MS + 1, .count = 3, .sum = 2.385});
    buf_clear(&f.out);
    answer_report_csv(&f.out, &f.report);
    assert_non_null(strstr(buf_text(&f.out), "time_ms,value,count,sum,9q,__name__,pod\n"));
    assert_non_null(strstr(buf_text(&f.out), "\n1735689600000,NaN,,,,,p\n1735689600001,,3,2.385,,,p\n"));
    finish(&f);

    start(&f, QUERY_SERIES, RESULT_SERIES);
    add(&f, LABELS("a", "1", "b", "2"));
    add(&f, LABELS("b", "3"));
    answer_report_csv(&f.out, &f.report);
    assert_string_equal(buf_text(&f.out), "a,b\n1,2\n,3\n");
    finish(&f);
}

static void test_answer_report_openmetrics__can_be_read_by_servers(void **state) {
    (void)state;
    struct fixture f;
    struct error err = {0};
    start(&f, QUERY_RAW, RESULT_MATRIX);
    add_odd_series(&f);
    assert_true(answer_report_openmetrics(&f.out, &f.report, &err));
    assert_string_equal(buf_text(&f.out), "# TYPE a:b_c unknown\n"
                                          "a:b_c{_9q=\"x,\\\"y\\\"\\nz\"} 0.1 1735689600.005\n"
                                          "a:b_c{_9q=\"x,\\\"y\\\"\\nz\"} -Inf 1735689601\n"
                                          "# TYPE serin_query unknown\n"
                                          "serin_query{pod=\"p\"} NaN 1735689600\n"
                                          "# EOF\n");
    series_append_histogram(&f.answer.set.items[1], &(struct histogram){.time_ms = START_MS + 1, .count = 3});
    assert_false(answer_report_openmetrics(&f.out, &f.report, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    f.answer.set.type = RESULT_SERIES;
    assert_false(answer_report_openmetrics(&f.out, &f.report, &err));
    finish(&f);
}

static void test_answer_report_json__is_whole(void **state) {
    (void)state;
    struct fixture f;
    start(&f, QUERY_RAW, RESULT_MATRIX);
    add_odd_series(&f);
    struct bucket bucket = {3, -(double)INFINITY, 0.5, 2.5};
    series_append_histogram(
        &f.answer.set.items[1],
        &(struct histogram){.time_ms = START_MS + 1, .count = 3, .sum = (double)NAN, .buckets = &bucket, .bucket_count = 1});
    add_text(&f.answer.set.warnings, "odd \"one\"");
    answer_report_json(&f.out, &f.report);
    json_error_t problem;
    json_t *root = json_loads(buf_text(&f.out), JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) fail_msg("%d:%d: %s\n%s", problem.line, problem.column, problem.text, buf_text(&f.out));
    json_t *want =
        json_pack("[{s:{s:s, s:s}, s:[[I,f],[I,s]], s:{s:i, s:i, s:i, s:i}}, {s:{s:s}, s:[[I,s]], s:{s:i, s:i, s:i, s:i},"
                  " s:[{s:I, s:i, s:s, s:[[i,s,f,f]]}]}]",
                  "labels", "9q", "x,\"y\"\nz", "__name__", "a:b.c", "samples", (json_int_t)START_MS + 5, 0.1, (json_int_t)START_MS + 1000,
                  "-Inf", "scrapes", "interval_ms", 995, "gaps", 0, "missing", 0, "longest_gap_ms", 995, "labels", "pod", "p", "samples",
                  (json_int_t)START_MS, "NaN", "scrapes", "interval_ms", 1, "gaps", 0, "missing", 0, "longest_gap_ms", 1, "histograms",
                  "time_ms", (json_int_t)START_MS + 1, "count", 3, "sum", "NaN", "buckets", 3, "-Inf", 0.5, 2.5);
    assert_non_null(want);
    if (!json_equal(json_object_get(root, "series"), want)) fail_msg("%s", buf_text(&f.out));
    assert_string_equal(json_string_value(json_array_get(json_object_get(root, "warnings"), 0)), "odd \"one\"");
    assert_string_equal(json_string_value(json_object_get(root, "schema")), "serin.query/1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "query"), "protocol")), "stream");
    json_decref(want);
    json_decref(root);
    finish(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_report_text__shows_series_gaps_and_warnings),
        cmocka_unit_test(test_answer_report__tells_what_counters_grew_by),
        cmocka_unit_test(test_answer_report_text__of_one_value_a_series),
        cmocka_unit_test(test_answer_report_text__warns_of_copies),
        cmocka_unit_test(test_answer_report_text__lists_what_is_no_sample),
        cmocka_unit_test(test_answer_report_csv__quotes_and_takes_all_label_names),
        cmocka_unit_test(test_answer_report_openmetrics__can_be_read_by_servers),
        cmocka_unit_test(test_answer_report_json__is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
