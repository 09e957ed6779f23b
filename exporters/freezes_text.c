// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc_render.h"
#include "exporters/gate_report.h"

static void print_freeze(struct text_out *to, struct doc_reader *in, struct doc_place freeze) {
    struct doc_place lifted = doc_object_or_null(in, freeze, "lifted");
    bool active = doc_truth(in, freeze, "active");
    text_put(to, active ? PAINT_FAIL : PAINT_DIM, lifted.node != NULL ? "lifted  " : active ? "frozen  " : "over    ");
    text_put(to, PAINT_BOLD, doc_text(in, freeze, "id"));
    text_prose(to, 8, PAINT_NONE,
               arena_printf(to->arena, "%s until %s, by %s: %s", doc_text(in, freeze, "scope"), doc_text(in, freeze, "until"),
                            doc_text(in, freeze, "by"), doc_text(in, freeze, "reason")));
    text_newline(to);
    if (lifted.node == NULL) return;
    text_tab(to, 8);
    text_prose(to, 8, PAINT_DIM,
               arena_printf(to->arena, "lifted %s by %s: %s", doc_text(in, lifted, "at"), doc_text(in, lifted, "by"),
                            doc_text(in, lifted, "reason")));
    text_newline(to);
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place list = doc_list(in, root, "freezes");
    size_t count = json_array_size(list.node), shown = to->style->quiet && count > 1 ? 1 : count;
    if (count == 0) {
        text_prose(to, 0, PAINT_NONE, arena_printf(to->arena, "no freezes in %s", doc_text(in, root, "state")));
        text_newline(to);
    }
    for (size_t i = 0; i < shown && !in->failed; i++) print_freeze(to, in, doc_item(in, list, i));
}

bool freezes_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
