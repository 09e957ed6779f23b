// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "query/selector.h"
#include "rules_private.h"
#include "yaml_text.h"

#define MOST_PATTERN_BYTES ((size_t)4 << 20)

// Appends text to a regular expression that it is to match literally.
static void add_literal(struct buf *pattern, const char *text) {
    if (pattern->len > 0) buf_char(pattern, '|');
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("\\.+*?()|[]{}^$", *c) != NULL) buf_char(pattern, '\\');
        buf_char(pattern, *c);
    }
}

static void matcher(struct buf *out, const char *name, const char *op, const char *value) {
    struct buf text;
    buf_init(&text, MOST_PATTERN_BYTES);
    selector_matcher(&text, name, op, value);
    buf_str(out, "        - ");
    yaml_text(out, buf_text(&text));
    buf_char(out, '\n');
    buf_finish(&text);
}

// Receiver and times of one severity.
static void route(const struct canary_config *config, enum objective_severity severity, const char *receiver, const char *times,
                  struct buf *out) {
    struct buf pattern;
    buf_init(&pattern, MOST_PATTERN_BYTES);
    for (size_t i = 0; i < config->objective_count; i++) {
        bool known = false;
        for (size_t k = 0; k < i; k++)
            known = known || strcmp(config->objectives[i].severities[severity], config->objectives[k].severities[severity]) == 0;
        if (!known) add_literal(&pattern, config->objectives[i].severities[severity]);
    }
    buf_printf(out, "    - receiver: %s\n      matchers:\n", receiver);
    matcher(out, "slo", "=~", ".+");
    matcher(out, "severity", "=~", buf_text(&pattern));
    buf_str(out, times);
    buf_finish(&pattern);
}

static bool same_tiers(const struct objective_config *a, const struct objective_config *b) {
    bool same = a->tier_count == b->tier_count;
    for (size_t i = 0; same && i < a->tier_count; i++) same = strcmp(a->tiers[i].name, b->tiers[i].name) == 0;
    return same;
}

static void inhibit(const char *slos, const char *source, const char *targets, struct buf *out) {
    buf_str(out, "  - source_matchers:\n");
    matcher(out, "slo", "=~", slos);
    matcher(out, "alertname", "=", "SLOErrorBudgetBurn");
    matcher(out, "tier", "=", source);
    buf_str(out, "    target_matchers:\n");
    matcher(out, "slo", "=~", slos);
    matcher(out, "alertname", "=", "SLOErrorBudgetBurn");
    matcher(out, "tier", "=~", targets);
    buf_str(out, "    equal: [slo]\n");
}

// A tier inhibits those after it. Objectives with the same tiers share their rules; a rule never spans other ones, as tiers that
// inhibit one another would all fall silent.
static void inhibit_tiers(const struct canary_config *config, size_t first, struct buf *out) {
    const struct objective_config *o = &config->objectives[first];
    struct buf slos, targets;
    buf_init(&slos, MOST_PATTERN_BYTES);
    buf_init(&targets, MOST_PATTERN_BYTES);
    for (size_t i = first; i < config->objective_count; i++) {
        if (same_tiers(o, &config->objectives[i])) add_literal(&slos, config->objectives[i].id);
    }
    for (size_t i = 0; i + 1 < o->tier_count; i++) {
        buf_clear(&targets);
        for (size_t k = i + 1; k < o->tier_count; k++) add_literal(&targets, o->tiers[k].name);
        inhibit(buf_text(&slos), o->tiers[i].name, buf_text(&targets), out);
    }
    buf_finish(&slos);
    buf_finish(&targets);
}

static bool has_inhibitions(const struct canary_config *config) {
    for (size_t i = 0; i < config->objective_count; i++) {
        if (config->objectives[i].tier_count > 1) return true;
    }
    return false;
}

bool rules_route_yaml(const struct canary_config *config, struct buf *out, struct error *err) {
    if (!rules_check(config, err)) return false;
    buf_str(out,
            "# An Alertmanager config to start from, made by serin rules. Give the receivers their integrations.\n"
            "route:\n  receiver: nobody\n  group_by: [slo]\n  group_wait: 30s\n  group_interval: 5m\n  repeat_interval: 4h\n  routes:\n");
    route(config, SEVERITY_PAGE, "page", "      group_wait: 10s\n      repeat_interval: 1h\n", out);
    route(config, SEVERITY_TICKET, "ticket", "      repeat_interval: 3d\n", out);
    if (has_inhibitions(config)) buf_str(out, "inhibit_rules:\n");
    for (size_t i = 0; i < config->objective_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++) seen = seen || same_tiers(&config->objectives[k], &config->objectives[i]);
        if (!seen) inhibit_tiers(config, i, out);
    }
    buf_str(out, "receivers:\n  - name: nobody\n  - name: page\n  - name: ticket\n");
    return !out->failed || error_set(err, ERROR_LIMIT, "the config is larger than %zu bytes", out->limit);
}
