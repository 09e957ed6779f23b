// SPDX-License-Identifier: GPL-3.0-or-later
#include "parity_unused.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/objective_plan.h"
#include "placeholder.h"
#include "query/selector.h"
#include "result_number.h"

#define MOST_SCOPE_BYTES ((size_t)1 << 20)

struct name {
    const char *text;
    size_t series;
    bool used;
};

static int by_text(const void *a, const void *b) {
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int by_series(const void *a, const void *b) {
    const struct name *x = a, *y = b;
    if (x->used != y->used) return x->used ? 1 : -1;
    if (x->series != y->series) return x->series < y->series ? 1 : -1;
    return strcmp(x->text, y->text);
}

// The names of the series, rising, with how many each has.
static struct name *names_of(const struct series_set *set, struct arena *arena, size_t *ret_count) {
    struct name *names = arena_array(arena, set->count, sizeof *names);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct label *name = labels_get(&set->items[i].labels, "__name__");
        if (name != NULL) names[count++] = (struct name){.text = arena_strndup(arena, name->value.ptr, name->value.len), .series = 1};
    }
    if (count > 1) qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(names[kept - 1].text, names[i].text) == 0) {
            names[kept - 1].series++;
        } else {
            names[kept++] = names[i];
        }
    }
    *ret_count = kept;
    return names;
}

static void use(struct name *names, size_t count, const char *text) {
    struct name key = {.text = text}, *found = count > 0 ? bsearch(&key, names, count, sizeof *names, by_text) : NULL;
    if (found != NULL) found->used = true;
}

// Marks what an expression reads.
static void use_all(struct name *names, size_t count, const char *expr, struct arena *arena) {
    struct view selector;
    for (size_t at = 0; selector_next(view_of(expr), &at, &selector);) {
        struct matcher *matchers;
        size_t matcher_count;
        if (!selector_matchers(selector, arena, &matchers, &matcher_count)) continue;
        for (size_t i = 0; i < matcher_count; i++) {
            if (matchers[i].type == MATCHER_EQUAL && view_is(matchers[i].name, "__name__"))
                use(names, count, arena_strndup(arena, matchers[i].value.ptr, matchers[i].value.len));
        }
    }
}

static json_t *advice(const struct plan *plan, const struct series_set *set, size_t most, struct arena *arena) {
    size_t count, unused = 0, unused_series = 0;
    struct name *names = names_of(set, arena, &count);
    json_t *root = json_object(), *list = json_array();
    for (size_t i = 0; i < plan->query_count; i++) use_all(names, count, plan->queries[i].query.expr, arena);
    for (size_t i = 0; plan->objectives != NULL && i < plan->objectives->query_count; i++)
        use_all(names, count, plan->objectives->queries[i].query.expr, arena);
    if (count > 1) qsort(names, count, sizeof *names, by_series);
    for (size_t i = 0; i < count && !names[i].used; i++) {
        unused++;
        unused_series += names[i].series;
        if (i >= most) continue;
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "name", result_text(names[i].text));
        json_object_set_new_nocheck(item, "series", json_integer((json_int_t)names[i].series));
        json_array_append_new(list, item);
    }
    json_object_set_new_nocheck(root, "names", json_integer((json_int_t)count));
    json_object_set_new_nocheck(root, "series", json_integer((json_int_t)set->count));
    json_object_set_new_nocheck(root, "unused_names", json_integer((json_int_t)unused));
    json_object_set_new_nocheck(root, "unused_series", json_integer((json_int_t)unused_series));
    json_object_set_new_nocheck(root, "most", list);
    return root;
}

static bool scope_selector(const struct canary_config *config, struct arena *arena, const char **ret, struct error *err) {
    struct buf scope;
    buf_init(&scope, MOST_SCOPE_BYTES);
    placeholder_scope(&scope, &config->scopes[SIDE_CANARY]);
    bool ok = scope.len > 0 && !scope.failed;
    *ret = arena_printf(arena, "{%s}", buf_text(&scope));
    buf_finish(&scope);
    return ok || error_set(err, ERROR_CONFIG, "%s: scopes.canary has no labels, so its series cannot be asked for", config->file);
}

json_t *parity_unused(const struct plan *plan, struct plan_answers *answers, size_t most, const struct analysis_options *options,
                      struct arena *arena, struct error *err) {
    struct planned_query query = {.side = SIDE_CANARY, .source = plan->config->scopes[SIDE_CANARY].source};
    struct plan asked = {.config = plan->config, .start_ms = plan->start_ms, .end_ms = plan->end_ms, .queries = &query, .query_count = 1};
    struct fetch_options how = {
        .deadline_ms = options->deadline_ms, .record_dir = options->record_dir, .interrupted = options->interrupted};
    query.query.mode = QUERY_SERIES;
    plan_metric_times(plan, NULL, SIDE_CANARY, &query.query.start_ms, &query.query.end_ms);
    if (!scope_selector(plan->config, arena, &query.query.expr, err) || !plan_answers_fetch(answers, &asked, &how, err)) return NULL;
    const struct answer *answer = plan_answers_list(answers, &asked, arena)[0];
    if (answer->http_status != 0 && answer->result.outcome == DECODE_OK) return advice(plan, &answer->set, most, arena);
    error_set(err, ERROR_SOURCE, "series of the canary scope, source %s: %s", query.source, answer->result.err.text);
    return NULL;
}
