// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any bytes as OpenSLO documents; every objective that comes out is YAML with one item, whatever texts it holds.
#include <stdlib.h>

#include "base/yaml.h"
#include "exporters/objective_yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_yaml(const struct openslo_objective *objective, struct arena *arena) {
    struct buf out;
    struct findings findings;
    struct yaml_node *root;
    findings_init(&findings, arena);
    buf_init(&out, (size_t)1 << 24);
    objective_yaml(&out, objective);
    struct view text = {buf_text(&out), out.len};
    if (!out.failed && (!yaml_parse(text, "out.yaml", arena, &findings, &root) || root->kind != YAML_LIST || root->count != 1)) abort();
    buf_finish(&out);
    findings_finish(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct findings findings;
    struct openslo slos;
    struct openslo_file file = {"fuzz.yaml", {(const char *)data, size}};
    findings_init(&findings, &arena);
    openslo_read(&file, 1, &arena, &findings, &slos);
    for (size_t i = 0; i < slos.count; i++) check_yaml(&slos.items[i], &arena);
    findings_finish(&findings);
    arena_finish(&arena);
    return 0;
}
