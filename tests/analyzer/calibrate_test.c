// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/calibrate.h"
#include "base/file.h"
#include "made_history.h"

#define DAY_MS INT64_C(86400000)
#define LATENCY "  - {name: latency, unit: s, query: 'latency{${scope}}', tolerance: 10%}\n"
#define ERRORS "  - {name: errors, counts: {bad: 'hits{code=\"500\",${scope}}', total: 'hits{${scope}}'}}\n"

static struct calibration calibrate(struct made_history *made, size_t windows, uint64_t seed, const char *deal_by) {
    struct calibrate_options options = {.windows = windows, .seed = seed, .deal_by = deal_by};
    struct calibration found;
    struct error err = {0};
    if (!calibrate_run(&made->history, &options, &made->r.arena, &found, &err)) fail_msg("%s", err.text);
    return found;
}

static void check_near(const char *what, double found, double want, double most) {
    if (!(fabs(found - want) <= most)) fail_msg("%s: want %g, found %g", what, want, found);
}

static void add_pods(struct made_history *made, size_t count, struct made_gauge gauge, double apart) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t i = 0; i < count; i++) {
        made_gauge(made, 0, SIDE_BASELINE, names[i], gauge);
        gauge.level *= 1 + apart;
    }
}

static void test_calibrate__of_a_stable_service_finds_its_noise_and_few_fails(void **state) {
    (void)state;
    static const double rhos[] = {0, 0.3, 0.6};
    for (size_t i = 0; i < sizeof rhos / sizeof rhos[0]; i++) {
        struct made_history made;
        made_start(&made, LATENCY, 4 * DAY_MS, true);
        add_pods(&made, 4, (struct made_gauge){.level = 0.2, .sd = 0.1, .rho = rhos[i]}, 0);
        struct calibration found = calibrate(&made, 150, 1, NULL);
        const struct calibrated_metric *m = &found.metrics[0];
        assert_int_equal(m->results, 150);
        assert_int_equal(m->dealt, 150);
        assert_string_equal(m->dealt_by, "pod");
        check_near("rho", m->rho.median, rhos[i], 0.1);
        check_near("sd", m->sd.median, 0.1, 0.015); // two pods against two
        assert_true(found.fails <= 4 && found.low <= found.promised);
        check_near("promised", found.promised, 0.01, 1e-12);
        made_finish(&made);
    }
}

static void test_calibrate__tells_a_service_on_which_the_config_fails(void **state) {
    (void)state;
    struct made_history made;
    made_start(&made, LATENCY, DAY_MS, true);
    add_pods(&made, 4, (struct made_gauge){.level = 0.2, .sd = 0.05, .rho = 0.2}, 0.3); // each pod slower than the one before
    struct calibration found = calibrate(&made, 40, 1, NULL);
    assert_true(found.fails > 10);
    assert_int_equal(found.metrics[0].fails, found.fails);
    assert_true(found.low > found.promised);
    assert_true(isnan(found.alpha) || found.alpha < 1e-6);
    made_finish(&made);
}

static void test_calibrate__shifts_what_has_one_instance(void **state) {
    (void)state;
    struct made_history made;
    made_start(&made, LATENCY, DAY_MS, true);
    made_gauge(&made, 0, SIDE_BASELINE, NULL, (struct made_gauge){.level = 0.2, .sd = 0.1, .rho = 0.3});
    struct calibration found = calibrate(&made, 60, 1, NULL);
    const struct calibrated_metric *m = &found.metrics[0];
    assert_int_equal(m->shifted, 60);
    assert_int_equal(m->dealt, 0);
    assert_null(m->dealt_by);
    assert_int_equal(m->results, 60);
    check_near("sd", m->sd.median, 0.1 * sqrt(2), 0.02); // the difference of two as noisy
    made_finish(&made);
}

static void test_calibrate__keeps_the_counters_of_a_pod_together(void **state) {
    (void)state;
    struct made_history made;
    made_start(&made, ERRORS, DAY_MS, true);
    for (size_t i = 0; i < 4; i++) {
        static const char *const names[] = {"a", "b", "c", "d"};
        made_counter(&made, 0, SIDE_BASELINE, names[i], 400, 0.05, 4);
    }
    struct calibration found = calibrate(&made, 60, 1, NULL);
    const struct calibrated_metric *m = &found.metrics[0];
    assert_string_equal(m->dealt_by, "pod"); // by code the ratios of the sides would be 0 and 1
    assert_true(m->fails <= 2);
    check_near("phi", m->phi.median, 3, 0.9); // bursts of four, drawn from four times as many
    assert_true(isnan(m->rho.median) == false);
    found = calibrate(&made, 20, 1, "code");
    assert_string_equal(found.metrics[0].dealt_by, "code"); // as asked for
    made_finish(&made);
}

static void test_calibrate__is_the_same_for_a_seed(void **state) {
    (void)state;
    struct made_history made;
    char *text[3];
    made_start(&made, LATENCY, DAY_MS, true);
    add_pods(&made, 4, (struct made_gauge){.level = 0.2, .sd = 0.1, .rho = 0.2}, 0);
    for (size_t i = 0; i < 3; i++) {
        struct calibration found = calibrate(&made, 20, i == 2 ? 8 : 7, NULL);
        found.seed = 0;
        json_t *document = calibrate_document(&found);
        text[i] = json_dumps(document, 0);
        json_decref(document);
    }
    assert_string_equal(text[0], text[1]);
    assert_string_not_equal(text[0], text[2]);
    for (size_t i = 0; i < 3; i++) free(text[i]);
    made_finish(&made);
}

static void test_calibrate__knows_windows_without_data(void **state) {
    (void)state;
    struct made_history made;
    made_start(&made, LATENCY, DAY_MS, true);
    add_pods(&made, 2, (struct made_gauge){.level = 0.2, .sd = 0.1, .rho = 0.2}, 0);
    for (size_t i = 0; i < made.answers[0].set.count; i++)
        series_clip(&made.answers[0].set.items[i], MADE_END_MS - DAY_MS / 2, MADE_END_MS);
    struct calibration found = calibrate(&made, 40, 1, NULL);
    assert_true(found.empty >= 17 && found.empty <= 21);
    assert_int_equal(found.metrics[0].results + found.metrics[0].nodata, 40);
    assert_true(found.upper > 0.1); // 0 of 20, not of 40
    made_finish(&made);
}

static void test_calibrate__needs_two_windows_and_a_baseline(void **state) {
    (void)state;
    struct made_history made;
    struct calibrate_options options = {.windows = 5};
    struct calibration found;
    struct error err = {0};
    made_start(&made, LATENCY, 1800000, true);
    assert_false(calibrate_run(&made.history, &options, &made.r.arena, &found, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    made_finish(&made);
    volatile int interrupted = 1;
    options.interrupted = &interrupted;
    made_start(&made, LATENCY, DAY_MS, true);
    assert_false(calibrate_run(&made.history, &options, &made.r.arena, &found, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
    made.r.config.scopes[SIDE_BASELINE].source = NULL;
    assert_null(calibrate_config(&made.r.config, &made.r.arena, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    made_finish(&made);
}

// The config with the priors of that text; they must fit.
static void check_readable(const char *text) {
    char path[] = "/tmp/serin-priors-XXXXXX";
    struct read_config r = {0};
    struct config_overrides overrides;
    struct error err = {0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    if (!file_write(path, view_of(text), &err)) fail_msg("%s", err.text);
    config_overrides_init(&overrides);
    overrides.priors = path;
    read_config(&r,
                "canary: shop\nsources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                "window: {length: 30m, step: 30s}\njudge: {priors: it}\nmetrics:\n" LATENCY ERRORS,
                &overrides);
    unlink(path);
    if (!r.ok) fail_msg("%s: %s in\n%s", r.findings.items[0].key, r.findings.items[0].text, text);
    assert_true(r.config.metrics[0].prior.known && r.config.metrics[0].prior.rho == 0.25 && r.config.metrics[0].prior.sd == 0.1235);
    assert_true(r.config.metrics[1].prior.phi == 2.5 && r.config.metrics[1].prior.rho == 0); // below 0 none is believed
    read_config_finish(&r);
}

static void test_calibrate__writes_priors_that_a_config_reads(void **state) {
    (void)state;
    struct made_history made;
    made_start(&made, LATENCY ERRORS, DAY_MS, true);
    struct calibrated_metric metrics[] = {
        {.metric = 0, .rho = {0.25, 0.5}, .phi = {(double)NAN, (double)NAN}, .sd = {0.123456, 1}, .weight = 20},
        {.metric = 1, .rho = {-0.05, 0.1}, .phi = {2.5, 3}, .sd = {(double)NAN, (double)NAN}, .weight = 60},
    };
    struct calibration found = {.history = &made.history, .windows = 200, .metrics = metrics, .metric_count = 2};
    struct buf out;
    buf_init(&out, 1 << 16);
    calibrate_priors(&found, false, &out);
    assert_string_equal(buf_text(&out), "canary: \"shop\"\n"
                                        "step: \"30s\"\n"
                                        "window: \"30m\"\n"
                                        "from: \"2025-01-01T00:00:00Z\"\n"
                                        "to: \"2025-01-02T00:00:00Z\"\n"
                                        "windows: 200\n"
                                        "metrics:\n"
                                        "  \"latency\": {rho: 0.25, weight: 20.0, sd: 0.1235}\n"
                                        "  \"errors\": {rho: 0.0, weight: 60.0, phi: 2.5}\n");
    check_readable(buf_text(&out));
    buf_clear(&out);
    calibrate_priors(&found, true, &out);
    assert_true(buf_text(&out)[0] == '{');
    check_readable(buf_text(&out));
    buf_finish(&out);
    made_finish(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibrate__of_a_stable_service_finds_its_noise_and_few_fails),
        cmocka_unit_test(test_calibrate__tells_a_service_on_which_the_config_fails),
        cmocka_unit_test(test_calibrate__shifts_what_has_one_instance),
        cmocka_unit_test(test_calibrate__keeps_the_counters_of_a_pod_together),
        cmocka_unit_test(test_calibrate__is_the_same_for_a_seed),
        cmocka_unit_test(test_calibrate__knows_windows_without_data),
        cmocka_unit_test(test_calibrate__needs_two_windows_and_a_baseline),
        cmocka_unit_test(test_calibrate__writes_priors_that_a_config_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
