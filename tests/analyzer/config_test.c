// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "good_config.h"

#define NONE ((double)NAN)

static void test_config__reads_a_good_one(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(&r, good_config, NULL);
    const struct canary_config *c = &r.config;
    assert_true(r.ok);
    assert_int_equal(r.findings.count, 0);
    assert_string_equal(c->name, "shop");
    assert_int_equal(strlen(c->sha256), 64);
    assert_int_equal(c->window.length_ms, 1800000);
    assert_int_equal(c->window.warmup_ms, 120000);
    assert_int_equal(c->metric_count, 3);
    assert_int_equal(c->metrics[0].kind, METRIC_COUNTS);
    assert_int_equal(c->metrics[1].kind, METRIC_SERIES);
    assert_int_equal(c->metrics[2].kind, METRIC_THRESHOLD);
    assert_true(c->metrics[0].judge.critical);
    assert_int_equal(c->metrics[0].judge.direction, KAYENTA_INCREASE);
    assert_int_equal(c->metrics[1].place.line, 18);
    assert_string_equal(c->scopes[SIDE_BASELINE].source, "main"); // the only one there is
    assert_true(c->metrics[1].min_samples > 9.9 && c->metrics[1].min_samples < 10.1);
    assert_true(c->groups[0].weight > 59.9 && c->groups[0].weight < 60.1);
    read_config_finish(&r);
}

static void test_config__source_keys_reach_their_settings(void **state) {
    (void)state;
    static const struct {
        const char *keys;
        struct source_settings settings;
    } cases[] = {
        {"kind: thanos, warnings: note, rate: 600/m, raw_window: 30m",
         {.kind = SOURCE_THANOS, .warnings = SOURCE_WARNINGS_NOTE, .rate = 10, .raw_window_ms = 1800000}},
        {"kind: victoriametrics, protocol: samples, warnings: refuse, rate: 2.5/s, limits: {samples: 7}",
         {.kind = SOURCE_VICTORIAMETRICS,
          .protocol = PROTOCOL_SAMPLES,
          .warnings = SOURCE_WARNINGS_REFUSE,
          .rate = 2.5,
          .limits = {.samples = 7}}},
        {"concurrency: 3", {.kind = SOURCE_PROMETHEUS}},
        {"hedge: 95%", {.hedge_share = 0.95}},
        {"hedge: 400ms", {.hedge_ms = 400}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        const struct source_settings *want = &cases[i].settings;
        read_config(&r, edited_config(&r.arena, "url: ", arena_printf(&r.arena, "%s, url: ", cases[i].keys)), NULL);
        assert_true(r.ok);
        const struct source_settings *found = &r.config.sources[0].settings;
        assert_int_equal(found->kind, want->kind);
        assert_int_equal(found->warnings, want->warnings);
        assert_int_equal(found->protocol, want->protocol);
        assert_int_equal(found->raw_window_ms, want->raw_window_ms);
        assert_int_equal(found->limits.samples, want->limits.samples);
        assert_true(found->rate >= want->rate && found->rate <= want->rate);
        assert_true(found->hedge_share >= want->hedge_share && found->hedge_share <= want->hedge_share);
        assert_int_equal(found->hedge_ms, want->hedge_ms);
        read_config_finish(&r);
    }
}

static void test_config__access_keys_reach_their_settings(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(&r,
                edited_config(
                    &r.arena, "url: ",
                    "oauth2: {token_url: https://id.example/t, client_id: serin, client_secret_file: /run/s, scopes: [a, b], "
                    "params: {audience: x}}, header_files: {X-Key: /run/k}, proxy: http://p:3128, no_proxy: [a.example, 10.0.0.0], url: "),
                NULL);
    assert_true(r.ok);
    const struct source_settings *s = &r.config.sources[0].settings;
    assert_string_equal(s->oauth2.token_url, "https://id.example/t");
    assert_string_equal(s->oauth2.client_id, "serin");
    assert_string_equal(s->oauth2.client_secret_file, "/run/s");
    assert_string_equal(s->oauth2.scope, "a b");
    assert_string_equal(s->oauth2.params[0].name, "audience");
    assert_string_equal(s->header_files[0].value, "/run/k");
    assert_string_equal(s->proxy, "http://p:3128");
    assert_string_equal(s->no_proxy, "a.example,10.0.0.0");
    read_config_finish(&r);
    read_config(&r,
                edited_config(&r.arena, "url: ",
                              "sigv4: {region: eu-central-1, access_key: AKID, secret_key_file: /run/s, session_token_file: /run/t}, "
                              "headers: {cookie: x}, url: "),
                NULL);
    assert_true(r.ok);
    s = &r.config.sources[0].settings;
    assert_string_equal(s->sigv4.region, "eu-central-1");
    assert_null(s->sigv4.service);
    assert_string_equal(s->sigv4.access_key, "AKID");
    assert_string_equal(s->sigv4.secret_key_file, "/run/s");
    assert_string_equal(s->sigv4.session_token_file, "/run/t");
    assert_int_equal(r.findings.count, 1);
    assert_non_null(strstr(r.findings.items[0].text, "header_files"));
    read_config_finish(&r);
}

static const struct mistake {
    const char *old, *new;
    const char *place; // "line:column"
    const char *part;  // of the text
} mistakes[] = {
    {"    critical: true", "    critcal: true", "15:5", "did you mean critical?"},
    {"    critical: true", "    zzz: true", "15:5", "known here: name, group"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, kind: graphite", "3:31", "graphite is not a value"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, kind: mimr", "3:31", "did you mean mimir?"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, limits: {bytes: 0}", "3:41", "over 0"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, rate: 10", "3:31", "such as 10/s"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, rate: 0/s", "3:31", "found 0/s"},
    {"url: \"http://127.0.0.1:9090\"", "url: http://h, warnings: ignore", "3:35", "ignore is not a value"},
    {"canary: shop", "canary: shop\ncolour: red", "2:1", "unknown key"},
    {"    critical: true", "    critical: 'true'", "15:15", "expected true or false, found text"},
    {"    critical: true", "    critical: yes", "15:15", "expected true or false"},
    {"canary: shop", "canary: true", "1:9", "put it in quotes"},
    {"canary: shop", "canary: [shop]", "1:9", "expected text, found a list"},
    {"canary: shop", "canary: ''", "1:9", "must not be empty"},
    {"canary: shop", "canary:", "1:1", "has no value"},
    {"canary: shop\n", "", "1:1", "the key canary is missing"},
    {"    critical: true", "    group: errors", "15:5", "already set in line 14"},
    {"errors: 60, other: 40", "errors: 60, other: 30", "9:9", "add up to 90"},
    {"errors: 60, other: 40", "errors: 60, other: forty", "9:29", "expected a percentage"},
    {"errors: 60, other: 40", "errors: 60, other: 40, idle: 0.5%", "9:9", "add up to 100.5"},
    {"errors: 60, other: 40", "errors: 50, other: 40, idle: 10", "9:33", "no metric that counts"},
    {"  canary: {labels: {track: canary}}\n", "", "5:3", "the key canary is missing"},
    {"  baseline: {labels: {track: stable}}\n", "", "12:5", "scopes.baseline is missing"},
    {"min: 1}", "parity: 90}", "11:28", "does not go with parity"},
    {"query: 'sum(rate(hits{${scope}}[1m]))', min: 1", "min: 1", "11:5", "needs query, with min or max, or parity"},
    {"query: 'sum(rate(hits{${scope}}[1m]))', min: 1", "parity: 101", "11:29", "from 0 to 100"},
    {"min: 1}", "min: 1, broken: fail}", "11:77", "fail is not a value"},
    {"length: 30m", "length: 30", "7:18", "expected a duration such as 90s"},
    {"length: 30m", "length: 0s", "7:18", "must be longer than 0"},
    {"length: 30m", "length: 1m30", "7:18", "found 1m30"},
    {"length: 30m", "length: 2m", "7:9", "warmup leaves nothing"},
    {"length: 30m", "length: 130s", "7:9", "step is longer than what is judged"},
    {"length: 30m, warmup: 2m, step: 15s", "length: 7d, step: 1s", "7:9", "more than 200000 steps"},
    {"code=~\"5..\"", "code=~\"5.(.\"", "17:19", "("},
    {"code=~\"5..\"", "code=\"5..", "17:19", "byte"},
    {"track: canary}", "track: canary}, matchers: ['code=~\"[\"']", "6:48", "["},
    {"memory_bytes{${scope}}", "memory_bytes{${scop}}", "20:12", "did you mean ${scope}?"},
    {"memory_bytes{${scope}}", "memory_bytes{${region}}", "20:12", "--var region=VALUE"},
    {"memory_bytes{${scope}}", "memory_bytes{${scope", "20:12", "no closing }"},
    {"canary: {labels", "canary: {source: mian, labels", "6:11", "did you mean main?"},
    {"canary: {labels", "canary: {source: other, labels", "6:11", "no source is called other"},
    {"  main: {url: \"http://127.0.0.1:9090\"}\n", "  main: {url: \"http://h:1\"}\n  more: {url: \"http://h:2\"}\n", "6:13",
     "several sources"},
    {"http://127.0.0.1:9090", "127.0.0.1:9090", "3:3", "not a URL such as http://"},
    {"http://127.0.0.1:9090", "ftp://h", "3:3", "must begin with http://"},
    {"{url: \"http://127.0.0.1:9090\"}", "{url: \"http://h\", password_file: p}", "3:3", "password_file needs a username"},
    {"http://127.0.0.1:9090", "http://${host}", "3:3", "unknown placeholder ${host}"},
    {"{url: \"http://127.0.0.1:9090\"}", "{url: \"http://h\", tries: 0}", "3:34", "from 1 to 100"},
    {"    group: errors", "    group: erors", "13:5", "did you mean errors?"},
    {"    group: errors\n", "    group: [errors, nowhere]\n", "13:5", "no group is called nowhere"},
    {"    group: other\n    query", "    query", "18:5", "the metric needs the key group"},
    {"name: memory", "name: failures", "18:5", "a metric called failures is already there in line 13"},
    {"    query: 'memory_bytes{${scope}}'\n", "", "18:5", "none is there"},
    {"    query: 'memory", "    threshold: {query: x, max: 1}\n    query: 'memory", "18:5", "there are several"},
    {"max: 0.9", "max: 0.9, min: 2", "23:16", "min is over max"},
    {", max: 0.9", "", "23:16", "needs min, max or both"},
    {"max: 0.9", "max: high", "23:52", "expected a number, found text"},
    {"max: 0.9", "max: 0.9, allowed: 1.5", "23:66", "expected a whole number"},
    {"total: 'hits{${scope}}'", "total: 'sum(hits{${scope}})'", "17:56", "must be the plain selector"},
    {", total: 'hits{${scope}}'", "", "17:13", "the key total is missing"},
    {"pass: 85, marginal: 70", "pass: 70, marginal: 85", "8:8", "marginal (85) is over pass (70)"},
    {"pass: 85", "pass: 101", "8:30", "from 0 to 100"},
    {"name: kayenta", "name: threshold", "13:5", "compared with a baseline, which the judge threshold does not do"},
    {"name: kayenta", "name: kayneta", "8:15", "did you mean kayenta?"},
    {"marginal: 70", "marginal: 70, confidence: 95%", "8:60", "belongs to the judge serin"},
    {"query: 'memory_bytes{${scope}}'", "histogram: 'latency_bucket{${scope}}'", "20:16", "belongs to the judge serin"},
    {"query: 'memory_bytes{${scope}}'", "histogram: 'sum(latency_bucket{${scope}})'", "20:16", "must be a plain selector"},
    {"    critical: true", "    tolerance: 5%", "15:16", "belongs to the judge serin and this config is judged by kayenta"},
    {"    critical: true", "    required: false", "15:15", "belongs to the judge serin"},
    {"direction: increase", "direction: up", "16:16", "increase"},
    {"min: 1}", "mim: 1}", "11:61", "did you mean min?"},
    {", min: 1}", "}", "11:5", "needs min, max or both"},
    {"groups: {errors: 60, other: 40}", "groups: [errors]", "9:9", "expected a map of group names"},
    {"groups: {errors", "publish: {webhooks: [{url: 'ftp://h'}]}\ngroups: {errors", "9:28", "found ftp://h"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', on: [fial]}]}\ngroups: {errors", "9:45", "did you mean fail?"},
    {"groups: {errors", "publish: {alertmanager: []}\ngroups: {errors", "9:11", "did you mean alertmanagers?"},
    {"groups: {errors", "publish: {webhooks: [{format: slack}]}\ngroups: {errors", "9:22", "needs url or url_file"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', url_file: f}]}\ngroups: {errors", "9:22", "needs url or url_file"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', format: teams}]}\ngroups: {errors", "9:48", "slack"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', headers: {webhook-signature: x}}]}\ngroups: {errors", "9:49",
     "set by serin itself"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', format: slack, template: '${verdikt} of ${canary}'}]}\ngroups: {errors",
     "9:65", "unknown placeholder ${verdikt}; did you mean verdict?"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', format: slack, template: 'is ${verdict'}]}\ngroups: {errors", "9:65",
     "byte 3 has no closing }"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', template: x}]}\ngroups: {errors", "9:22", "needs format: slack"},
    {"groups: {errors", "publish: {webhooks: [{url: 'http://h', headers: {Ce-Id: x}}]}\ngroups: {errors", "9:49", "set by serin itself"},
    {"groups: {errors", "publish: {remote_write: [{url: 'http://h', protocol: 3.0}]}\ngroups: {errors", "9:54",
     "3.0 is not a value of this key"},
    {"groups: {errors", "publish: {alertmanagers: [{url: 'http://u:p@h'}]}\ngroups: {errors", "9:33", "user"},
    {"groups: {errors", "publish: {alertmanagers: [{url: 'http://h', labels: {alertname: x}}]}\ngroups: {errors", "9:53",
     "set by serin itself"},
    {"groups: {errors", "publish: {remote_write: [{url: 'http://h', labels: {a-b: x}}]}\ngroups: {errors", "9:52",
     "cannot be the name of a label"},
    {"groups: {errors", "publish: {remote_write: [{url: 'http://h', headers: {authorization: x}}]}\ngroups: {errors", "9:53",
     "is a secret"},
    {"groups: {errors", "publish: {remote_write: [{url: 'http://h', password_file: x}]}\ngroups: {errors", "9:26", "needs a username"},
    {"groups: {errors", "publish: {remote_write: [{url: '${nowhere}'}]}\ngroups: {errors", "9:32", "nowhere"},
    {"groups: {errors", "publish: {deadline: 2m}\ngroups: {errors", "9:21", "at most 1m"},
    {"canary: shop", "canary: shop\nvars: [a]", "2:7", "expected a map"},
    {"canary: shop", "canary: shop\nobjectives: [{name: a, target: 99.9%, period: 30d, counts: {total: x}}]", "2:60",
     "exactly one of bad and good"},
    {"scopes:\n", "scopes: 7\nscope_s:\n", "4:9", "expected a map, found a number"},
};

static bool holds(const struct findings *findings, const struct mistake *mistake) {
    for (size_t i = 0; i < findings->count; i++) {
        char place[32];
        const struct finding *f = &findings->items[i];
        snprintf(place, sizeof place, "%d:%d", f->line, f->column);
        if (f->level == FINDING_ERROR && strcmp(place, mistake->place) == 0 && strstr(f->text, mistake->part) != NULL) return true;
    }
    return false;
}

static void test_config__tells_each_mistake_with_its_place(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct read_config r = {0};
        read_config(&r, edited_config(&r.arena, mistakes[i].old, mistakes[i].new), NULL);
        if (r.ok || !holds(&r.findings, &mistakes[i])) {
            struct buf out;
            buf_init(&out, 1 << 16);
            findings_print(&r.findings, &out);
            print_error("%s: wanted %s ...%s..., found:\n%s\n", mistakes[i].new, mistakes[i].place, mistakes[i].part, buf_text(&out));
            buf_finish(&out);
            wrong++;
        }
        read_config_finish(&r);
    }
    assert_int_equal(wrong, 0);
}

static void test_config__tells_all_mistakes_at_once(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(&r,
                "canary: 'shop'\nsources: {a: {url: 'http://h', tenantt: x}}\nscopes: {canary: {offset: soon}}\nwindow: {length: long}\n"
                "judge: {name: kayenta, pas: 1}\nmetrics: [{name: a, query: 'x{${nope}}'}, {name: a, query: 'y'}]\n",
                NULL);
    assert_false(r.ok);
    static const struct mistake wanted[] = {
        {NULL, NULL, "2:32", "did you mean tenant?"}, {NULL, NULL, "3:27", "expected a duration"},
        {NULL, NULL, "4:18", "expected a duration"},  {NULL, NULL, "5:24", "did you mean pass?"},
        {NULL, NULL, "6:28", "unknown placeholder"},  {NULL, NULL, "6:43", "already there in line 6"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!holds(&r.findings, &wanted[i])) fail_msg("%s is not told", wanted[i].part);
    }
    read_config_finish(&r);
}

static void test_config__command_line_is_checked_with_the_file(void **state) {
    (void)state;
    static const struct {
        int64_t length_ms, step_ms;
        double pass, marginal;
        const char *part; // NULL: good
    } cases[] = {
        {3600000, 0, NONE, NONE, NULL},
        {0, 60000, 90, NONE, NULL},
        {60000, 0, NONE, NONE, "warmup leaves nothing"},
        {0, 3600000, NONE, NONE, "step is longer"},
        {0, 1, NONE, NONE, "more than 200000 steps"},
        {0, 0, 60, NONE, "marginal (70) is over pass (60)"},
        {0, 0, NONE, 90, "marginal (90) is over pass (85)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct config_overrides o;
        struct read_config r = {0};
        config_overrides_init(&o);
        o.length_ms = cases[i].length_ms;
        o.step_ms = cases[i].step_ms;
        o.pass = cases[i].pass;
        o.marginal = cases[i].marginal;
        read_config(&r, good_config, &o);
        assert_int_equal(r.ok, cases[i].part == NULL);
        if (cases[i].part != NULL) {
            assert_string_equal(r.findings.items[0].file, "command line");
            assert_non_null(strstr(r.findings.items[0].text, cases[i].part));
        }
        read_config_finish(&r);
    }
}

static void test_config__variables_of_the_command_line_win(void **state) {
    (void)state;
    struct name_value given[] = {{"host", "h2", {0, 0}}, {"extra", "e", {0, 0}}};
    struct config_overrides o;
    struct read_config r = {0};
    config_overrides_init(&o);
    o.vars = (struct name_values){given, 2};
    const char *text = edited_config(&r.arena, "sources:\n  main: {url: \"http://127.0.0.1:9090\"}",
                                     "vars: {host: h1, port: 81}\nsources:\n  main: {url: \"http://${host}:${port}/${extra}\"}");
    read_config(&r, text, &o);
    assert_true(r.ok);
    assert_string_equal(r.config.sources[0].settings.url, "http://h2:81/e");
    read_config_finish(&r);
}

static void test_config__fixture_and_json_are_good(void **state) {
    (void)state;
    struct read_config r = {0};
    struct view text;
    struct error err;
    assert_true(file_read(SERIN_FIXTURES "/canaries/checkout.yaml", 1 << 20, &r.arena, &text, &err));
    read_config(&r, text.ptr, NULL);
    assert_true(r.ok);
    assert_int_equal(r.config.metric_count, 7);
    findings_finish(&r.findings);
    read_config(&r,
                "{\"canary\": \"j\", \"sources\": {\"a\": {\"url\": \"https://h/p\"}}, \"scopes\": {\"canary\": {}}, \"window\": "
                "{\"length\": \"1h\"},"
                "\"judge\": {\"name\": \"kayenta\"}, \"metrics\": [{\"name\": \"m\", \"offset\": \"7d\", \"query\": \"up\"}]}",
                NULL);
    assert_true(r.ok);
    assert_string_equal(r.config.metrics[0].groups.items[0], "metrics");
    read_config_finish(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config__reads_a_good_one),
        cmocka_unit_test(test_config__source_keys_reach_their_settings),
        cmocka_unit_test(test_config__access_keys_reach_their_settings),
        cmocka_unit_test(test_config__tells_each_mistake_with_its_place),
        cmocka_unit_test(test_config__tells_all_mistakes_at_once),
        cmocka_unit_test(test_config__command_line_is_checked_with_the_file),
        cmocka_unit_test(test_config__variables_of_the_command_line_win),
        cmocka_unit_test(test_config__fixture_and_json_are_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
