// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_json.h"

static void put(struct result_nodes *nodes, json_t *object, const char *name, double value) {
    json_object_set_new_nocheck(object, name, result_nodes_known(nodes, value));
}

static void put_sightings(struct result_nodes *nodes, json_t *object, const struct evidence_sightings *seen) {
    json_object_set_new_nocheck(object, "method", result_nodes_text(nodes, seen->predictive ? "predictive" : "barnard"));
    json_object_set_new_nocheck(object, "active", result_nodes_count(nodes, (int64_t)seen->active));
    json_object_set_new_nocheck(object, "steps", result_nodes_count(nodes, (int64_t)seen->steps));
    json_object_set_new_nocheck(object, "silent", result_nodes_count(nodes, (int64_t)seen->silent));
}

static json_t *part_json(struct result_nodes *nodes, const struct evidence_part *part) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "part", result_nodes_text(nodes, evidence_kind_name(part->kind)));
    json_object_set_new_nocheck(item, "bad", result_nodes_text(nodes, part->decrease ? "decrease" : "increase"));
    if (part->kind == EVIDENCE_TAIL) put(nodes, item, "edge", part->edge);
    if (part->kind == EVIDENCE_APPEARANCE) put_sightings(nodes, item, &part->seen);
    put(nodes, item, "estimate", part->estimate);
    put(nodes, item, "se", part->se);
    put(nodes, item, "df", part->df);
    put(nodes, item, "low", part->low);
    put(nodes, item, "high", part->high);
    put(nodes, item, "share", part->share);
    put(nodes, item, "p", part->p);
    json_object_set_new_nocheck(item, "large", json_boolean(part->large));
    json_object_set_new_nocheck(item, "fails", json_boolean(part->fails));
    json_object_set_new_nocheck(item, "blocks", json_boolean(part->blocks));
    return item;
}

static json_t *ranks_json(struct result_nodes *nodes, const struct evidence_ranks *ranks) {
    json_t *item = json_object();
    put(nodes, item, "p", ranks->p);
    put(nodes, item, "a12", ranks->a12);
    put(nodes, item, "shift", ranks->shift);
    put(nodes, item, "low", ranks->low);
    put(nodes, item, "high", ranks->high);
    return item;
}

void evidence_json(struct result_nodes *nodes, json_t *object, const struct evidence *e) {
    json_t *parts = json_array();
    for (size_t i = 0; i < e->part_count; i++) json_array_append_new(parts, part_json(nodes, &e->parts[i]));
    json_object_set_new_nocheck(object, "verdict", result_nodes_text(nodes, evidence_status_name(e->status)));
    json_object_set_new_nocheck(object, "reason", result_nodes_text(nodes, evidence_reason_name(e)));
    put(nodes, object, "p", e->p);
    json_object_set_new_nocheck(object, "n", result_nodes_count(nodes, (int64_t)e->count));
    put(nodes, object, "rho", e->rho);
    put(nodes, object, "phi", e->phi);
    put(nodes, object, "estimate", e->estimate);
    put(nodes, object, "low", e->low);
    put(nodes, object, "high", e->high);
    json_object_set_new_nocheck(object, "onset", e->has_onset ? result_nodes_count(nodes, (int64_t)e->onset) : json_null());
    put(nodes, object, "steps_to_pass", e->steps_to_pass);
    put(nodes, object, "steps_to_fail", e->steps_to_fail);
    json_object_set_new_nocheck(object, "ranks", ranks_json(nodes, &e->ranks));
    json_object_set_new_nocheck(object, "log_scale", json_boolean(e->log_scale));
    json_object_set_new_nocheck(object, "parts", parts);
}
