// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_json.h"

#include <math.h>

#include "result_number.h"

static json_t *number(double value) {
    return isnan(value) ? json_null() : result_number(value);
}

static void put(json_t *object, const char *name, double value) {
    json_object_set_new(object, name, number(value));
}

static json_t *part_json(const struct evidence_part *part) {
    json_t *item = json_object();
    json_object_set_new(item, "part", json_string(evidence_kind_name(part->kind)));
    json_object_set_new(item, "bad", json_string(part->decrease ? "decrease" : "increase"));
    if (part->kind == EVIDENCE_TAIL) put(item, "edge", part->edge);
    put(item, "estimate", part->estimate);
    put(item, "se", part->se);
    put(item, "df", part->df);
    put(item, "low", part->low);
    put(item, "high", part->high);
    put(item, "share", part->share);
    put(item, "p", part->p);
    json_object_set_new(item, "large", json_boolean(part->large));
    json_object_set_new(item, "fails", json_boolean(part->fails));
    json_object_set_new(item, "blocks", json_boolean(part->blocks));
    return item;
}

static json_t *ranks_json(const struct evidence_ranks *ranks) {
    json_t *item = json_object();
    put(item, "p", ranks->p);
    put(item, "a12", ranks->a12);
    put(item, "shift", ranks->shift);
    put(item, "low", ranks->low);
    put(item, "high", ranks->high);
    return item;
}

void evidence_json(json_t *object, const struct evidence *e) {
    json_t *parts = json_array();
    for (size_t i = 0; i < e->part_count; i++) json_array_append_new(parts, part_json(&e->parts[i]));
    json_object_set_new(object, "verdict", json_string(evidence_status_name(e->status)));
    json_object_set_new(object, "reason", json_string(evidence_reason_name(e)));
    put(object, "p", e->p);
    json_object_set_new(object, "n", json_integer((json_int_t)e->count));
    put(object, "rho", e->rho);
    put(object, "phi", e->phi);
    put(object, "estimate", e->estimate);
    put(object, "low", e->low);
    put(object, "high", e->high);
    json_object_set_new(object, "onset", e->has_onset ? json_integer((json_int_t)e->onset) : json_null());
    put(object, "steps_to_pass", e->steps_to_pass);
    put(object, "steps_to_fail", e->steps_to_fail);
    json_object_set_new(object, "ranks", ranks_json(&e->ranks));
    json_object_set_new(object, "log_scale", json_boolean(e->log_scale));
    json_object_set_new(object, "parts", parts);
}
