// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "doc_render.h"
#include "exporters/gate_report.h"

#define INDENT 4

static const struct doc_word states[] = {{"open", TEXT_PASS},   {"approval", TEXT_MARGINAL}, {"unknown", TEXT_INCONCLUSIVE},
                                         {"error", TEXT_ERROR}, {"closed", TEXT_FAIL},       {NULL, TEXT_ERROR}};

static const char *headline(const char *gate) {
    if (strcmp(gate, "open") == 0) return "OPEN";
    if (strcmp(gate, "approval") == 0) return "APPROVAL NEEDED";
    if (strcmp(gate, "unknown") == 0) return "CANNOT TELL";
    return strcmp(gate, "error") == 0 ? "ERROR" : "CLOSED";
}

static void print_head(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    enum text_state state = doc_state(in, root, "gate", states);
    const char *artefact = doc_text_or_null(in, root, "artefact");
    if (!to->style->ascii) text_put(to, text_state_paint(state), arena_printf(to->arena, "%s ", text_symbol(to, state)));
    text_put(to, text_state_paint(state), headline(doc_text(in, root, "gate")));
    text_put(to, PAINT_BOLD, arena_printf(to->arena, "  %s", text_cut(to, doc_text(in, root, "canary"), to->width - 60)));
    text_put(to, PAINT_DIM,
             arena_printf(to->arena, "   gate at %s%s", doc_text(in, root, "at"), doc_truth(in, root, "advisory") ? ", advisory" : ""));
    text_newline(to);
    if (artefact == NULL || to->style->quiet) return;
    text_put(to, PAINT_NONE, "  artefact ");
    text_prose(to, INDENT, PAINT_NONE, artefact);
    text_newline(to);
}

static void print_item(struct text_out *to, struct doc_reader *in, struct doc_place item) {
    enum text_state state = doc_state(in, item, "state", states);
    const char *name = doc_text_or_null(in, item, "name"), *opens = doc_text_or_null(in, item, "opens"), *kind = doc_text(in, item, "kind");
    text_put(to, PAINT_NONE, "  ");
    text_cell(to, text_state_paint(state), text_symbol(to, state), text_symbol_columns(to) + 1);
    text_put(to, PAINT_BOLD, name != NULL ? arena_printf(to->arena, "%s %s:", kind, name) : arena_printf(to->arena, "%s:", kind));
    text_prose(to, INDENT, PAINT_NONE,
               arena_printf(to->arena, "%s%s", doc_text(in, item, "text"), doc_truth(in, item, "required") ? "" : " (only informs)"));
    text_newline(to);
    if (opens == NULL) return;
    text_tab(to, INDENT);
    text_prose(to, INDENT, PAINT_DIM, arena_printf(to->arena, "opens with %s", opens));
    text_newline(to);
}

// What is not open comes first.
static void print_items(struct text_out *to, struct doc_reader *in, struct doc_place list) {
    size_t count = json_array_size(list.node);
    for (int open = 0; open < 2; open++) {
        for (size_t i = 0; i < count && !in->failed; i++) {
            struct doc_place item = doc_item(in, list, i);
            if ((doc_state(in, item, "state", states) == TEXT_PASS) == (open == 1)) print_item(to, in, item);
        }
    }
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    print_head(to, in, root);
    if (!to->style->quiet) print_items(to, in, doc_list(in, root, "items"));
}

bool gate_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
