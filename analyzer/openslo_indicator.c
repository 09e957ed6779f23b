// SPDX-License-Identifier: GPL-3.0-or-later
// Indicators: ratios of good or bad to all, raw ratios that are a division of such counts, and thresholds that are one in disguise.
#include <string.h>
#include <strings.h>

#include "openslo_query.h"
#include "openslo_reader.h"

static const char *const source_keys[] = {"metricSource", NULL};

static bool is_prometheus(const char *type) {
    static const char *const names[] = {"prometheus", "thanos", "mimir", "cortex", "victoriametrics"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(type, names[i]) == 0) return true;
    }
    return false;
}

// The type that the metric source says, or the data source that it refers to.
static bool check_type(struct openslo_reader *r, struct openslo_at source) {
    const char *type = openslo_text(r, source, "type", false), *name = openslo_text(r, source, "metricSourceRef", false);
    struct openslo_at at = openslo_get(r, source, "type");
    const struct openslo_document *document = name != NULL ? openslo_find(r, "DataSource", name) : NULL;
    if (type == NULL && document != NULL) {
        struct openslo_at top = {document, document->root, ""};
        struct openslo_at spec = openslo_get(r, top, "spec");
        at = openslo_get(r, spec, "type");
        type = openslo_text(r, spec, "type", false);
    }
    if (type == NULL || is_prometheus(type)) return true;
    return openslo_refuse(r, at, "%s is no source that serin reads; it reads Prometheus and what speaks like it", type);
}

// The query of {metricSource: {type, spec: {query}}}.
static bool read_query(struct openslo_reader *r, struct openslo_at metric, struct openslo_at *ret) {
    static const char *const keys[] = {"metricSourceRef", "type", "spec", NULL}, *const spec_keys[] = {"query", "promql", NULL};
    if (!openslo_keys(r, metric, source_keys)) return false;
    struct openslo_at source = openslo_get(r, metric, "metricSource");
    if (!openslo_keys(r, source, keys) || !check_type(r, source)) return false;
    struct openslo_at spec = openslo_get(r, source, "spec");
    if (!openslo_keys(r, spec, spec_keys)) return false;
    const char *key = yaml_get(spec.node, "query") != NULL ? "query" : "promql";
    *ret = openslo_get(r, spec, key);
    return openslo_text(r, spec, key, true) != NULL;
}

static struct view text_of(struct openslo_at at) {
    return (struct view){at.node->text, at.node->len};
}

// A query as a counter; `says_counter` is what the document says of it, 0 for nothing, 1 for yes, -1 for no.
static const char *read_counter(struct openslo_reader *r, struct openslo_at at, struct view expr, int says_counter) {
    struct openslo_counted counted;
    const char *why = "";
    if (!openslo_query_count(expr, r->arena, &counted, &why)) {
        openslo_refuse(r, at, "%s", why);
    } else if (!counted.rated && (says_counter < 0 || (says_counter == 0 && !openslo_query_is_counter(counted.selector, r->arena)))) {
        openslo_refuse(r, at, "is no counter: serin counts events by how counters grow");
    } else {
        return counted.selector;
    }
    return NULL;
}

static bool settle_ratio(struct openslo_reader *r, bool is_good, const char *part, const char *total, struct openslo_objective *ret) {
    if (part == NULL || total == NULL) return false;
    ret->kind = is_good ? OBJECTIVE_GOOD : OBJECTIVE_BAD;
    ret->total = total;
    if (!is_good) ret->bad = part;
    if (is_good) ret->good = part;
    if (is_good && openslo_query_bucket(part, total, r->arena, &ret->histogram, &ret->below)) {
        ret->kind = OBJECTIVE_LATENCY;
        ret->good = ret->total = NULL;
    }
    return true;
}

static bool read_raw(struct openslo_reader *r, struct openslo_at ratio, struct openslo_objective *ret) {
    struct openslo_at raw, at = openslo_get(r, ratio, "rawType");
    struct view above, below;
    const char *type = openslo_text(r, ratio, "rawType", true);
    if (type == NULL || !read_query(r, openslo_get(r, ratio, "raw"), &raw)) return false;
    bool is_good = strcmp(type, "success") == 0;
    if (!is_good && strcmp(type, "failure") != 0) return openslo_refuse(r, at, "must be success or failure");
    if (!openslo_query_divide(text_of(raw), &above, &below))
        return openslo_refuse(r, raw, "is no division of two counts, and a ratio alone does not tell how many events it is of");
    return settle_ratio(r, is_good, read_counter(r, raw, above, 0), read_counter(r, raw, below, 0), ret);
}

static bool read_ratio(struct openslo_reader *r, struct openslo_at ratio, struct openslo_objective *ret) {
    static const char *const keys[] = {"counter", "good", "bad", "total", "rawType", "raw", NULL};
    struct openslo_at part, total, counter = openslo_get(r, ratio, "counter");
    bool says = false, is_good = yaml_get(ratio.node, "good") != NULL;
    if (!openslo_keys(r, ratio, keys)) return false;
    if (yaml_get(ratio.node, "raw") != NULL) return read_raw(r, ratio, ret);
    if (is_good == (yaml_get(ratio.node, "bad") != NULL)) return openslo_refuse(r, ratio, "needs exactly one of good and bad");
    if (counter.node != NULL && !yaml_bool(counter.node, &says)) return openslo_refuse(r, counter, "must be true or false");
    int says_counter = counter.node == NULL ? 0 : says ? 1 : -1;
    if (!read_query(r, openslo_get(r, ratio, is_good ? "good" : "bad"), &part)) return false;
    if (!read_query(r, openslo_get(r, ratio, "total"), &total)) return false;
    return settle_ratio(r, is_good, read_counter(r, part, text_of(part), says_counter),
                        read_counter(r, total, text_of(total), says_counter), ret);
}

// A quantile below a bound: of every window so many events are at or below it.
static bool settle_quantile(struct openslo_reader *r, struct openslo_at query, const struct openslo_counted *counted, double quantile,
                            struct openslo_objective *ret) {
    char percent[40];
    struct buf text;
    if (ret->sliced) return openslo_refuse(r, query, "a quantile over slices of time is itself one value for each slice; use Occurrences");
    buf_init(&text, sizeof percent);
    buf_printf(&text, "%.12g", 100 * quantile);
    ret->slice_target = arena_strdup(r->arena, buf_text(&text));
    buf_finish(&text);
    ret->kind = OBJECTIVE_LATENCY;
    ret->histogram = counted->selector;
    ret->sliced = true;
    ret->slice_ms = counted->window_ms;
    return true;
}

static bool read_threshold(struct openslo_reader *r, struct openslo_at metric, struct openslo_at objective, struct openslo_objective *ret) {
    struct openslo_at query, value = openslo_get(r, objective, "value");
    struct openslo_counted counted;
    double limit, quantile;
    const char *op = openslo_text(r, objective, "op", true), *why = NULL;
    if (op == NULL || !read_query(r, metric, &query)) return false;
    if (!yaml_number(value.node, &limit)) return openslo_refuse(r, value.node != NULL ? value : objective, "value: expected a number");
    bool is_below = strcmp(op, "lte") == 0 || strcmp(op, "lt") == 0, is_above = strcmp(op, "gte") == 0 || strcmp(op, "gt") == 0;
    if (!is_below && !is_above) return openslo_refuse(r, openslo_get(r, objective, "op"), "must be lte, lt, gte or gt");
    ret->below = value.node->text;
    if (openslo_query_quantile(text_of(query), r->arena, &quantile, &counted, &why) && is_below && limit > 0)
        return settle_quantile(r, query, &counted, quantile, ret);
    if (why != NULL)
        return openslo_refuse(r, query, "%s", is_below && limit > 0 ? why : "a quantile can only be kept below a positive value");
    if (!openslo_query_count(text_of(query), r->arena, &counted, &why)) return openslo_refuse(r, query, "%s", why);
    if (openslo_query_is_buckets(counted.selector, r->arena) && is_below && limit > 0) {
        ret->kind = OBJECTIVE_LATENCY;
        ret->histogram = counted.selector;
        return true;
    }
    bool is_one = strcmp(op, "gte") == 0 ? limit > 0 && limit <= 1 : strcmp(op, "gt") == 0 && limit >= 0 && limit < 1;
    if (is_one && !counted.rated && openslo_query_is_up(counted.selector, r->arena)) {
        ret->kind = OBJECTIVE_UP;
        ret->up = counted.selector;
        return true;
    }
    return openslo_refuse(r, query,
                          "a limit of a gauge is no count of events: of thresholds the buckets of a histogram below a value can be "
                          "expressed, and gauges of 0 and 1 (up, ..._up, ..._success) at 1");
}

bool openslo_indicator(struct openslo_reader *r, struct openslo_at spec, struct openslo_at objective, struct openslo_objective *ret) {
    static const char *const keys[] = {"description", "thresholdMetric", "ratioMetric", NULL};
    if (!openslo_keys(r, spec, keys)) return false;
    struct openslo_at ratio = openslo_get(r, spec, "ratioMetric"), threshold = openslo_get(r, spec, "thresholdMetric");
    if ((ratio.node != NULL) == (threshold.node != NULL))
        return openslo_refuse(r, spec, "needs exactly one of ratioMetric and thresholdMetric");
    return ratio.node != NULL ? read_ratio(r, ratio, ret) : read_threshold(r, threshold, objective, ret);
}
