// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "doc_render.h"
#include "exporters/store_report.h"

static void put_line(struct text_out *to, const char *text) {
    text_prose(to, 10, PAINT_NONE, text);
    text_newline(to);
}

static void print_evidence(struct text_out *to, struct doc_reader *in, struct doc_place evidence) {
    text_put(to, PAINT_DIM, arena_printf(to->arena, "%-10s", "evidence"));
    put_line(to, arena_printf(to->arena, "looks kept %lld | missing %lld | %.1f MiB", (long long)doc_count(in, evidence, "kept"),
                              (long long)doc_count(in, evidence, "missing"), (double)doc_count(in, evidence, "bytes") / (1 << 20)));
}

static void print_counts(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    static const struct {
        const char *title;
        const char *keys[5];
    } lines[] = {
        {"analyses", {"open", "done", "cancelled", "looks", "configs"}},
        {"messages", {"pending", "delivered", "dead"}},
        {"others", {"memos", "audits"}},
    };
    struct doc_place counts = doc_object(in, root, "counts");
    text_put(to, PAINT_PASS, "good  ");
    put_line(to, arena_printf(to->arena, "%s, schema %lld", doc_text(in, root, "store"), (long long)doc_count(in, root, "schema_version")));
    for (size_t i = 0; !to->style->quiet && i < sizeof lines / sizeof lines[0]; i++) {
        const char *text = "";
        for (size_t j = 0; j < 5 && lines[i].keys[j] != NULL; j++) {
            text = arena_printf(to->arena, "%s%s%s %lld", text, j > 0 ? " | " : "", lines[i].keys[j],
                                (long long)doc_count(in, counts, lines[i].keys[j]));
        }
        text_put(to, PAINT_DIM, arena_printf(to->arena, "%-10s", lines[i].title));
        put_line(to, text);
    }
    if (!to->style->quiet && doc_has(root, "evidence")) print_evidence(to, in, doc_object(in, root, "evidence"));
}

static void print_message(struct text_out *to, struct doc_reader *in, struct doc_place message) {
    const char *analysis = doc_text_or_null(in, message, "analysis"), *why = doc_text_or_null(in, message, "error");
    long long status = doc_has(message, "status") ? (long long)doc_count(in, message, "status") : 0;
    text_put(to, PAINT_FAIL, "dead  ");
    text_put(to, PAINT_BOLD, doc_text(in, message, "id"));
    put_line(to, arena_printf(to->arena, "  %s to %s%s%s, given up %s after %lld attempt%s", doc_text(in, message, "event"),
                              doc_text(in, message, "target"), analysis != NULL ? ", analysis " : "", analysis != NULL ? analysis : "",
                              doc_text(in, message, "given_up"), (long long)doc_count(in, message, "attempts"),
                              doc_count(in, message, "attempts") == 1 ? "" : "s"));
    if (why == NULL && status == 0) return;
    text_tab(to, 6);
    put_line(to, arena_printf(to->arena, "%s%s", status > 0 ? arena_printf(to->arena, "%lld ", status) : "", why != NULL ? why : ""));
}

static void print_dead(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct doc_place list = doc_list(in, root, "dead");
    size_t shown = json_array_size(list.node);
    long long count = (long long)doc_count(in, root, "count"), replayed = (long long)doc_count(in, root, "replayed");
    if (replayed > 0) put_line(to, arena_printf(to->arena, "%lld to be sent again", replayed));
    put_line(to, arena_printf(to->arena, "%lld given up in %s%s", count, doc_text(in, root, "store"),
                              (long long)shown < count ? arena_printf(to->arena, ", the first %zu", shown) : ""));
    for (size_t i = 0; i < shown && !to->style->quiet && !in->failed; i++) print_message(to, in, doc_item(in, list, i));
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    if (strcmp(doc_text(in, root, "schema"), "serin.store.dead/1") == 0)
        print_dead(to, in, root);
    else
        print_counts(to, in, root);
}

bool store_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
