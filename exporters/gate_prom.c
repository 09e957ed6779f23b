// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "doc_reader.h"
#include "exporters/gate_report.h"
#include "exposition.h"

static const char *label_of(struct doc_reader *in, const char *text) {
    enum { MOST_LABEL = 128 }; // columns
    const struct report_style style = {0};
    struct text_out to = {.style = &style, .width = MOST_LABEL, .arena = in->arena};
    return text_cut(&to, text, MOST_LABEL);
}

static void put_checks(struct exposition *e, struct doc_reader *in, const char *canary, struct doc_place list) {
    size_t count = json_array_size(list.node);
    for (size_t i = 0; i < count && !in->failed; i++) {
        struct doc_place item = doc_item(in, list, i);
        struct report_number value = doc_number_or_null(in, item, "value");
        const char *name = doc_text_or_null(in, item, "name");
        if (!value.known || name == NULL || strcmp(doc_text(in, item, "kind"), "check") != 0) continue;
        const char *values[EXPORTED_LABELS] = {canary, label_of(in, name)};
        exposition_sample(e, EXPORTED_CHECK, values, value.value);
    }
}

bool gate_prom(struct buf *out, const json_t *document, struct error *err) {
    struct arena arena = {0};
    struct doc_reader in = {.arena = &arena, .err = err};
    struct doc_place root = {document, ""};
    struct exposition e;
    exposition_init(&e, out);
    const char *canary = label_of(&in, doc_text(&in, root, "canary")), *values[EXPORTED_LABELS] = {canary};
    exposition_sample(&e, EXPORTED_GATE_OPEN, values, strcmp(doc_text(&in, root, "gate"), "open") == 0);
    struct report_number age = doc_number_or_null(&in, root, "verdict_age_s");
    if (age.known) exposition_sample(&e, EXPORTED_GATE_WAIT, values, age.value);
    put_checks(&e, &in, canary, doc_list(&in, root, "items"));
    exposition_finish(&e);
    if (!in.failed && out->failed) error_set(err, ERROR_LIMIT, "the metrics are larger than %zu bytes", out->limit);
    bool ok = !in.failed && !out->failed;
    arena_finish(&arena);
    return ok;
}
