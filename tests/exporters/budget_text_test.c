// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "exporters/budget.h"

static const char document[] =
    "{\"schema\":\"serin.budget/1\",\"canary\":\"shop\\u001b[31m\",\"owner\":\"team\",\"gate\":\"closed\",\"at\":\"2025-01-09T00:00:00Z\","
    "\"release_start\":\"2025-01-08T22:00:00Z\",\"failures\":[],\"objectives\":[{\"name\":\"availability\",\"target\":99.9,\"allowed\":0."
    "001,"
    "\"period\":{\"kind\":\"rolling\",\"length_s\":2592000},\"gate\":\"closed\",\"reasons\":[\"nothing is left\",\"the canary burns\"],"
    "\"budget\":{\"remaining\":0.25,\"remaining_events\":1250,\"remaining_outage_s\":648,\"elapsed\":null,"
    "\"sustainable_burn_rate\":null,\"recent_s\":21600,\"recent_burn_rate\":0,\"exhaustion_s\":\"+Inf\",\"exhaustion_soonest_s\":864000,"
    "\"exhaustion_latest_s\":\"+Inf\"},\"tiers\":[{\"name\":\"page_fast\",\"factor\":14.4,\"long_burn_rate\":20,\"short_burn_rate\":30,"
    "\"fires\":true,\"certain\":false,\"least_errors\":2}],"
    "\"suggestion\":{\"target\":99.87,\"attainment\":0.99875,\"attainment_lower\":0.9986,\"attainment_upper\":0.99889,\"share\":0.9,"
    "\"confidence\":0.271,\"sustainable_burn_rate\":1.25,\"usual_burn_rate\":0.7,\"allowed_events\":1300,\"allowed_outage_s\":3369.6,"
    "\"periods\":3,\"met\":1,\"suggested_met\":2},\"release\":{\"gate\":\"closed\",\"reason\":\"the canary "
    "burns\",\"halt_at\":0.3,\"share\":0.5,"
    "\"share_lower\":0.4,\"share_upper\":0.625,\"excess_errors\":12,\"excess_errors_lower\":null,\"excess_errors_upper\":null,"
    "\"p_worse\":0.001,\"full_exhaustion_s\":86400,\"full_exhaustion_soonest_s\":43200,\"full_exhaustion_latest_s\":172800,"
    "\"least_requests\":2995},\"counts\":[{\"of\":\"canary\",\"kind\":\"release\",\"errors\":15,\"total\":3000}]}]}";

static bool render(const json_t *tree, bool ascii, struct buf *out, struct error *err) {
    struct report_style style = {.ascii = ascii, .width = 200};
    buf_init(out, 1 << 16);
    return budget_text(out, tree, &style, err);
}

static void test_budget_text__says_what_the_document_says(void **state) {
    (void)state;
    static const char *const parts[] = {"CLOSED",
                                        "availability: 99.9% over 30d",
                                        "25% of the budget left",
                                        "1.25k events or 10.8min of outage",
                                        "burn 0 over 6h",
                                        "never empty [10d..never]",
                                        "page_fast fires (20 and 30, over 14.4), on too few errors to be sure: 2 would do",
                                        "99.87% would have been met in 2 of 3 periods, the target as it is in 1",
                                        "attained 99.875% [99.86%..99.889%]",
                                        "27.1% sure for 90% of all periods, of too few to rely on",
                                        "allows 1.3k events or 56.2min of outage in a period",
                                        "usual burn 0.7, from now on it may be 1.25",
                                        "nothing is left",
                                        "canary 15 bad of 3k",
                                        "release budget 50% used [40%..62.5%], halt at 30%",
                                        "excess 12 errors",
                                        "at full rollout empty in 24h [12h..2d]",
                                        "owner team"};
    json_t *tree = json_loads(document, 0, NULL);
    assert_true(budget_is_document(tree));
    for (int ascii = 0; ascii < 2; ascii++) {
        struct buf out;
        struct error err = {0};
        if (!render(tree, ascii == 1, &out, &err)) fail_msg("%s", err.text);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            if (strstr(buf_text(&out), parts[i]) == NULL) fail_msg("no \"%s\" in\n%s", parts[i], buf_text(&out));
        }
        assert_null(strchr(buf_text(&out), '\x1b'));
        const char *once = strstr(buf_text(&out), "the canary burns");
        assert_null(strstr(once + 1, "the canary burns")); // a reason of the release is not told twice
        buf_finish(&out);
    }
    json_decref(tree);
}

static void test_budget_text__names_what_is_missing(void **state) {
    (void)state;
    static const struct {
        const char *object, *key, *told;
    } cases[] = {
        {NULL, "gate", "gate"}, {"period", "kind", "objectives[0].period.kind"}, {"release", "share", "objectives[0].release.share"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *tree = json_loads(document, 0, NULL), *at = tree;
        struct buf out;
        struct error err = {0};
        if (cases[i].object != NULL) at = json_object_get(json_array_get(json_object_get(tree, "objectives"), 0), cases[i].object);
        assert_int_equal(json_object_del(at, cases[i].key), 0);
        assert_false(render(tree, false, &out, &err));
        if (strstr(err.text, cases[i].told) == NULL) fail_msg("%s", err.text);
        buf_finish(&out);
        json_decref(tree);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget_text__says_what_the_document_says),
        cmocka_unit_test(test_budget_text__names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
