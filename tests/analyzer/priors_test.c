// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/counts_evidence.h"
#include "analyzer/judge_settings.h"
#include "analyzer/plan.h"
#include "analyzer/series_evidence.h"
#include "base/file.h"
#include "good_config.h"

static const char config[] = "canary: shop\n"
                             "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                             "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                             "window: {length: 30m, step: 15s}\n"
                             "judge: {priors: priors.yaml}\n"
                             "metrics:\n"
                             "  - {name: failures, counts: {bad: 'bad{${scope}}', total: 'all{${scope}}'}}\n"
                             "  - {name: memory, query: 'memory_bytes{${scope}}'}\n";

#define HEAD "canary: shop\nstep: 15s\nwindows: 200\nmetrics:\n"

// Reads the config with priors of this text.
static void read_with(struct read_config *r, const char *priors) {
    char path[] = "/tmp/serin-priors-XXXXXX";
    struct config_overrides overrides;
    struct error err = {0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    if (!file_write(path, view_of(priors), &err)) fail_msg("%s", err.text);
    config_overrides_init(&overrides);
    overrides.priors = path;
    read_config(r, config, &overrides);
    unlink(path);
}

static void test_priors__become_the_belief_of_the_judge(void **state) {
    (void)state;
    struct read_config r = {0};
    struct evidence_settings settings;
    read_with(&r, HEAD "  failures: {rho: 0.2, weight: 24, phi: 3.5, sd: 0.7}\n");
    if (!r.ok) fail_msg("%s", r.findings.items[0].text);
    judge_settings(&r.config.judge, &r.config.metrics[0], &settings);
    assert_true(settings.prior.rho == 0.2 && settings.prior.weight == 24 && settings.phi_least == 3.5);
    assert_false(settings.prior.only_raises);
    judge_settings(&r.config.judge, &r.config.metrics[1], &settings); // not calibrated: as without priors
    assert_true(settings.prior.rho == 0.4 && settings.prior.weight == 6 && settings.phi_least == 1);
    assert_true(settings.prior.only_raises);
    assert_int_equal(strlen(r.config.judge.priors_sha256), 64);
    read_config_finish(&r);
}

// Bursts of four in one step of four: the priors say that the service knows ten times as many.
static void test_priors__widen_and_narrow_what_is_believed(void **state) {
    (void)state;
    struct read_config r = {0};
    struct evidence_settings usual, learned;
    struct arena arena = {0};
    struct evidence before, after;
    double bad[40], worse[40], total[40], baseline[40], canary[40];
    for (size_t i = 0; i < 40; i++) {
        bad[i] = i % 4 == 0 ? 4 : 0;
        worse[i] = i % 4 == 1 ? 14 : 0;
        total[i] = 500;
        baseline[i] = 100;
        canary[i] = 101 + 5 * sin((double)i / 2);
    }
    read_with(&r, HEAD "  failures: {rho: 0, weight: 6, phi: 40}\n  memory: {rho: 0, weight: 60}\n");
    assert_true(r.ok);
    const struct count_columns counts = {{bad, total}, {worse, total}, 40};
    struct metric_config without = r.config.metrics[0];
    without.prior = (struct metric_prior){0};
    judge_settings(&r.config.judge, &without, &usual);
    judge_settings(&r.config.judge, &r.config.metrics[0], &learned);
    counts_evidence_make(&counts, &usual, &arena, &before);
    counts_evidence_make(&counts, &learned, &arena, &after);
    assert_true(before.phi < 40 && before.status == EVIDENCE_FAIL);
    assert_true(after.phi == 40 && after.status == EVIDENCE_INCONCLUSIVE);
    without = r.config.metrics[1];
    without.prior = (struct metric_prior){0};
    judge_settings(&r.config.judge, &without, &usual);
    judge_settings(&r.config.judge, &r.config.metrics[1], &learned);
    const struct series_columns series = {.baseline = baseline, .canary = canary, .count = 40};
    series_evidence_make(&series, &usual, &arena, &before);
    series_evidence_make(&series, &learned, &arena, &after);
    assert_true(after.rho < before.rho && after.high - after.low < before.high - before.low);
    arena_finish(&arena);
    read_config_finish(&r);
}

static void test_priors__are_shown_by_the_plan(void **state) {
    (void)state;
    struct read_config r = {0};
    struct plan plan;
    struct error err = {0};
    struct buf out;
    read_with(&r, HEAD "  memory: {rho: 0.2, weight: 24, sd: 0.1}\n");
    assert_true(r.ok && plan_build(&r.config, INT64_C(1735692000000), &r.arena, &plan, &err));
    buf_init(&out, 1 << 16);
    plan_print(&plan, &out);
    assert_non_null(strstr(buf_text(&out), "    history: rho 0.2 worth 24 steps; this window can see changes above 5.99%\n"));
    buf_finish(&out);
    read_config_finish(&r);
}

static void test_priors__that_do_not_fit_are_errors_of_their_file(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *key, *part;
    } cases[] = {
        {"canary: shop\nstep: 15s\n", 1, "", "metrics is missing"},
        {"canary: mill\nstep: 15s\nmetrics: {}\n", 1, "canary", "priors of mill, not of shop"},
        {"canary: shop\nstep: 1m\nmetrics: {}\n", 2, "step", "step is 15s now"},
        {HEAD "  disk: {rho: 0.2, weight: 6}\n", 5, "metrics.disk", "no such metric"},
        {HEAD "  memory: {rho: 0.99, weight: 6}\n", 5, "metrics.memory.rho", "from 0 to 0.95"},
        {HEAD "  memory: {rho: 0.9, weight: -1}\n", 5, "metrics.memory.weight", "from 0 to 1000"},
        {HEAD "  memory: {rho: 0.9, weight: 6, phi: 0.5}\n", 5, "metrics.memory.phi", "from 1"},
        {HEAD "  memory: {rho: 0.9}\n", 5, "metrics.memory", "weight is missing"},
        {HEAD "  memory: 0.9\n", 5, "metrics.memory", "expected a map"},
        {HEAD "  memory: {rho: 0.9, wieght: 6}\n", 5, "metrics.memory.wieght", "did you mean weight?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        read_with(&r, cases[i].text);
        assert_false(r.ok);
        const struct finding *f = &r.findings.items[0];
        if (strncmp(f->file, "/tmp/serin-priors-", 18) != 0 || f->line != cases[i].line || strcmp(f->key, cases[i].key) != 0 ||
            strstr(f->text, cases[i].part) == NULL)
            fail_msg("case %zu: %s:%d: %s: %s", i, f->file, f->line, f->key, f->text);
        read_config_finish(&r);
    }
}

static void test_priors__must_be_a_file(void **state) {
    (void)state;
    struct read_config r = {0};
    struct config_overrides overrides;
    config_overrides_init(&overrides);
    static const char *const names[] = {"-", "/nowhere/priors.yaml"};
    for (size_t i = 0; i < 2; i++) {
        overrides.priors = names[i];
        read_config(&r, config, &overrides);
        assert_false(r.ok);
        assert_string_equal(r.findings.items[0].key, "judge.priors");
        assert_int_equal(r.findings.items[0].line, 5);
        read_config_finish(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_priors__become_the_belief_of_the_judge),
        cmocka_unit_test(test_priors__widen_and_narrow_what_is_believed),
        cmocka_unit_test(test_priors__are_shown_by_the_plan),
        cmocka_unit_test(test_priors__that_do_not_fit_are_errors_of_their_file),
        cmocka_unit_test(test_priors__must_be_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
