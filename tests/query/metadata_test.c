// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "fake_server.h"
#include "query/decode.h"
#include "query/source.h"

#define OK(data) "{\"status\":\"success\",\"data\":" data "}"

static void write_set(struct buf *out, const struct series_set *set) {
    for (size_t i = 0; i < set->names.count; i++) buf_printf(out, "%.*s\n", (int)set->names.items[i].len, set->names.items[i].ptr);
    for (size_t i = 0, e = 0; i < set->count; i++) {
        labels_format(out, &set->items[i].labels);
        buf_char(out, '\n');
        for (; e < set->exemplar_count && set->exemplars[e].series == i; e++) {
            buf_printf(out, "  %lld %g ", (long long)set->exemplars[e].time_ms, set->exemplars[e].value);
            labels_format(out, &set->exemplars[e].labels);
            buf_char(out, '\n');
        }
    }
}

// What the decoder makes of a body that comes in pieces: the set as text, or the error.
static void decode(enum decode_expect expect, struct view body, size_t piece, const struct decode_limits *limits, struct buf *out) {
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    buf_init(out, 1 << 20);
    struct decoder *decoder = decoder_create(200, "application/json", limits, &set);
    decoder_expect(decoder, expect);
    for (size_t at = 0; at < body.len; at += piece) {
        if (!decoder_feed(decoder, body.ptr + at, body.len - at < piece ? body.len - at : piece)) break;
    }
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    if (result.outcome == DECODE_OK) write_set(out, &set);
    if (result.outcome != DECODE_OK) buf_str(out, result.err.text);
    series_set_finish(&set);
}

static void check(enum decode_expect expect, struct view body, const char *want) {
    static const size_t pieces[] = {SIZE_MAX / 2, 7, 1};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct buf got;
        decode(expect, body, pieces[i], NULL, &got);
        if (strcmp(buf_text(&got), want) != 0)
            fail_msg("%.200s in pieces of %zu:\n%s\nwanted\n%s", body.ptr, pieces[i], buf_text(&got), want);
        buf_finish(&got);
    }
}

static void test_metadata__is_decoded(void **state) {
    (void)state;
    static const struct {
        enum decode_expect expect;
        const char *body, *want;
    } cases[] = {
        {EXPECT_NAMES, OK("[\"b\",\"a\\n\"]"), "b\na\n\n"},
        {EXPECT_NAMES, OK("[]"), ""},
        {EXPECT_NAMES, "{\"data\":[\"x\"],\"warnings\":[\"w\"],\"status\":\"success\"}", "x\n"},
        {EXPECT_SERIES, OK("[{\"job\":\"a\",\"__name__\":\"up\"},{}]"), "{__name__=\"up\",job=\"a\"}\n{}\n"},
        {EXPECT_METADATA, OK("{}"), ""},
        {EXPECT_METADATA, OK("{\"up\":[{\"unit\":\"s\",\"type\":\"gauge\",\"more\":[{}]},{\"help\":\"h\"}],\"none\":[]}"),
         "{__name__=\"up\",help=\"\",type=\"gauge\",unit=\"s\"}\n{__name__=\"up\",help=\"h\",type=\"\",unit=\"\"}\n"},
        {EXPECT_EXEMPLARS,
         OK("[{\"exemplars\":[{\"labels\":{\"t\":\"1\"},\"value\":\"0.75\",\"timestamp\":1.5},{\"timestamp\":2,\"value\":\"+Inf\"}],"
            "\"seriesLabels\":{\"a\":\"b\"}},{\"seriesLabels\":{}}]"),
         "{a=\"b\"}\n  1500 0.75 {t=\"1\"}\n  2000 inf {}\n{}\n"},
        {EXPECT_NAMES, "{\"status\":\"error\",\"data\":{},\"errorType\":\"bad_data\",\"error\":\"no\"}", "HTTP status 200, bad_data: no"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check(cases[i].expect, view_of(cases[i].body), cases[i].want);
}

static void test_metadata__that_is_wrong_is_refused_with_its_place(void **state) {
    (void)state;
    static const struct {
        enum decode_expect expect;
        const char *body, *want;
    } cases[] = {
        {EXPECT_NAMES, OK("{}"), "byte 28: data is not a list"},
        {EXPECT_NAMES, OK("null"), "byte 31: data is not a list"},
        {EXPECT_NAMES, OK("[1]"), "byte 29: a name is not a string"},
        {EXPECT_NAMES, OK("[[\"a\"]]"), "byte 29: a name is not a string"},
        {EXPECT_NAMES, OK("[\"a\""), "byte 31: a comma or the end of the list or object was expected"},
        {EXPECT_SERIES, OK("[\"up\"]"), "byte 32: a label set is not an object"},
        {EXPECT_SERIES, OK("[{\"a\":1}]"), "byte 34: a label value is not a string"},
        {EXPECT_SERIES, OK("[{\"a\":\"1\",\"a\":\"2\"}]"), NULL},
        {EXPECT_METADATA, OK("[]"), "byte 28: data is not an object"},
        {EXPECT_METADATA, OK("{\"up\":{}}"), "byte 34: the descriptions of a metric are not a list"},
        {EXPECT_METADATA, OK("{\"up\":[{\"type\":7}]}"), NULL},
        {EXPECT_EXEMPLARS, OK("[{\"seriesLabels\":[]}]"), "byte 45: seriesLabels is not an object"},
        {EXPECT_EXEMPLARS, OK("[{\"exemplars\":[{\"value\":\"1\"}]}]"), "byte 55: an exemplar without value or timestamp"},
        {EXPECT_EXEMPLARS, OK("[{\"exemplars\":[{\"value\":1,\"timestamp\":1}]}]"), NULL},
        {EXPECT_EXEMPLARS, OK("[{\"exemplars\":[{\"value\":\"1\",\"timestamp\":\"1\"}]}]"), NULL},
        {EXPECT_EXEMPLARS, "{\"data\":[7],\"status\":\"success\"}", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf got;
        decode(cases[i].expect, view_of(cases[i].body), SIZE_MAX / 2, NULL, &got);
        bool same = cases[i].want != NULL ? strcmp(buf_text(&got), cases[i].want) == 0 : strncmp(buf_text(&got), "byte ", 5) == 0;
        if (!same) fail_msg("%s: %s", cases[i].body, buf_text(&got));
        struct buf pieces;
        decode(cases[i].expect, view_of(cases[i].body), 1, NULL, &pieces);
        assert_string_equal(buf_text(&pieces), buf_text(&got));
        buf_finish(&got);
        buf_finish(&pieces);
    }
}

static void test_metadata__is_bounded(void **state) {
    (void)state;
    const struct decode_limits limits = {.series = 2, .samples = 1};
    static const struct {
        enum decode_expect expect;
        const char *body;
    } cases[] = {
        {EXPECT_NAMES, OK("[\"a\",\"b\",\"c\"]")},
        {EXPECT_SERIES, OK("[{},{},{}]")},
        {EXPECT_METADATA, OK("{\"a\":[{},{}],\"b\":[{}]}")},
        {EXPECT_EXEMPLARS, OK("[{\"exemplars\":[{\"value\":\"1\",\"timestamp\":1},{\"value\":\"1\",\"timestamp\":1}]}]")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf got;
        decode(cases[i].expect, view_of(cases[i].body), SIZE_MAX / 2, &limits, &got);
        if (strstr(buf_text(&got), "limit") == NULL) fail_msg("%s: %s", cases[i].body, buf_text(&got));
        buf_finish(&got);
    }
}

// Recorded answers of real servers.
static void test_metadata__of_servers_is_decoded(void **state) {
    (void)state;
    static const struct {
        enum decode_expect expect;
        const char *file;
        size_t names, series, exemplars;
        const char *begins;
    } cases[] = {
        {EXPECT_NAMES, "prom-meta-label-values.json", 4, 0, 0, "checkout-baseline-0\n"},
        {EXPECT_NAMES, "prom-meta-labels.json", 6, 0, 0, "__name__\ncode\n"},
        {EXPECT_NAMES, "vm-meta-names.json", 10, 0, 0, "bench_gauge\n"},
        {EXPECT_NAMES, "vm-meta-label-values-empty.json", 0, 0, 0, ""},
        {EXPECT_SERIES, "prom-meta-series.json", 0, 6, 0, "{__name__=\"http_requests_total\",code=\"500\",job=\"checkout\""},
        {EXPECT_SERIES, "vm-meta-series-odd.json", 0, 15, 0, "{__name__=\"odd_labels\",i=\"00\",v=\"plain\"}\n"},
        {EXPECT_METADATA, "prom-meta-metadata-one.json", 0, 1, 0,
         "{__name__=\"demo_requests_total\",help=\"Requests served, with \\\"quotes\\\", a \\\\ backslash\\nand a new "
         "line\",type=\"counter\","
         "unit=\"\"}\n"},
        {EXPECT_EXEMPLARS, "prom-exemplars.json", 0, 1, 9,
         "{__name__=\"with_exemplars_total\",job=\"b\"}\n  1735689645007 0.75 {trace_id="},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view body;
        struct error err = {0};
        struct series_set set;
        struct decode_result result;
        struct buf text;
        if (!file_read(arena_printf(&arena, SERIN_FIXTURES "/prometheus/%s", cases[i].file), 1 << 20, &arena, &body, &err))
            fail_msg("%s", err.text);
        series_set_init(&set);
        struct decoder *decoder = decoder_create(200, "application/json", NULL, &set);
        decoder_expect(decoder, cases[i].expect);
        decoder_feed(decoder, body.ptr, body.len);
        decoder_end(decoder, &result);
        decoder_destroy(decoder);
        buf_init(&text, 1 << 20);
        write_set(&text, &set);
        if (result.outcome != DECODE_OK || set.names.count != cases[i].names || set.count != cases[i].series ||
            set.exemplar_count != cases[i].exemplars || strncmp(buf_text(&text), cases[i].begins, strlen(cases[i].begins)) != 0)
            fail_msg("%s: %s, %zu names, %zu series, %zu exemplars\n%s", cases[i].file, result.err.text, set.names.count, set.count,
                     set.exemplar_count, buf_text(&text));
        buf_finish(&text);
        series_set_finish(&set);
    }
    arena_finish(&arena);
}

static void test_metadata__is_asked_for(void **state) {
    (void)state;
    static const struct {
        struct query query;
        const char *body, *method, *path, *form;
    } cases[] = {
        {{.expr = "", .mode = QUERY_LABELS, .start_ms = 1500, .end_ms = 2000},
         OK("[\"a\"]"),
         "POST",
         "/p/api/v1/labels",
         "start=1.500&end=2&x=y"},
        {{.expr = "a.b/c", .mode = QUERY_LABELS, .start_ms = 1000, .end_ms = 2000},
         OK("[\"a\"]"),
         "GET",
         "/p/api/v1/label/a.b%2Fc/values?start=1&end=2&x=y",
         ""},
        {{.expr = "up{a=\"b\"}", .mode = QUERY_SERIES, .start_ms = 1000, .end_ms = 2000},
         OK("[{}]"),
         "POST",
         "/p/api/v1/series",
         "start=1&end=2&match%5B%5D=up%7Ba%3D%22b%22%7D&x=y"},
        {{.expr = "", .mode = QUERY_METADATA}, OK("{\"up\":[{}]}"), "GET", "/p/api/v1/metadata?x=y", ""},
        {{.expr = "up", .mode = QUERY_METADATA}, OK("{\"up\":[{}]}"), "GET", "/p/api/v1/metadata?metric=up&x=y", ""},
        {{.expr = "up", .mode = QUERY_EXEMPLARS, .start_ms = 1000, .end_ms = 2000},
         OK("[{\"seriesLabels\":{}}]"),
         "POST",
         "/p/api/v1/query_exemplars",
         "start=1&end=2&query=up&x=y"},
    };
    const struct source_header param = {"x", "y"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fake_answer script = {.body = cases[i].body};
        struct fake_server *server = fake_server_start(&script, 1, NULL);
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%d/p", fake_server_port(server));
        struct error err = {0};
        struct source *source =
            source_create_prometheus("prod", &(struct source_settings){.url = url, .params = &param, .param_count = 1}, &err);
        struct fetch_job job = {.source = source, .query = cases[i].query};
        if (source == NULL || !fetch_run(&job, 1, NULL, &err) || job.answer.result.outcome != DECODE_OK)
            fail_msg("%s %s", err.text, job.answer.result.err.text);
        struct fake_request request = fake_server_request(server, 0);
        assert_string_equal(request.method, cases[i].method);
        assert_string_equal(request.path, cases[i].path);
        assert_string_equal(request.body, cases[i].form);
        assert_int_equal(job.answer.set.names.count + job.answer.set.count, 1);
        answer_finish(&job.answer);
        source_destroy(source);
        fake_server_stop(server);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metadata__is_decoded),   cmocka_unit_test(test_metadata__that_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(test_metadata__is_bounded),   cmocka_unit_test(test_metadata__of_servers_is_decoded),
        cmocka_unit_test(test_metadata__is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
