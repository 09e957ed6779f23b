// SPDX-License-Identifier: GPL-3.0-or-later
// Reads members of a result document. The reader latches its first error, which names the member ("metrics[2].baseline.mean"), and
// hands out harmless values afterwards, so that reading is written straight down. Texts come out clean: no control characters.
#ifndef EXPORTERS_DOC_READER_H
#define EXPORTERS_DOC_READER_H

#include "report_doc.h"

struct doc_reader {
    struct arena *arena;
    struct error *err;
    bool ascii;
    bool failed;
};

struct doc_place { // an object or a list of the document and where it is, "" for the document itself
    const json_t *node;
    const char *path;
};

struct doc_word { // a list of them ends with NULL
    const char *word;
    enum text_state state;
};

const char *doc_path_of(struct doc_reader *in, struct doc_place at, const char *key);
void doc_refuse(struct doc_reader *in, const char *path, const char *problem);
bool doc_has(struct doc_place at, const char *key); // there and not null

const char *doc_text(struct doc_reader *in, struct doc_place at, const char *key);
const char *doc_text_or_null(struct doc_reader *in, struct doc_place at, const char *key);
bool doc_truth(struct doc_reader *in, struct doc_place at, const char *key);
int64_t doc_count(struct doc_reader *in, struct doc_place at, const char *key); // up to 10^15
double doc_number(struct doc_reader *in, struct doc_place at, const char *key);
bool doc_number_of(const json_t *node, struct report_number *ret); // false when it is neither a number nor null
struct report_number doc_number_or_null(struct doc_reader *in, struct doc_place at, const char *key);
struct report_number doc_score_or_null(struct doc_reader *in, struct doc_place at, const char *key); // 0 to 100
int64_t doc_wall_ms(struct doc_reader *in, struct doc_place at, const char *key);
struct doc_place doc_object(struct doc_reader *in, struct doc_place at, const char *key);
struct doc_place doc_object_or_null(struct doc_reader *in, struct doc_place at, const char *key); // node is NULL for null
struct doc_place doc_list(struct doc_reader *in, struct doc_place at, const char *key);
struct doc_place doc_item(struct doc_reader *in, struct doc_place list, size_t i); // an object
struct report_texts doc_texts(struct doc_reader *in, struct doc_place at, const char *key);
struct report_labels doc_labels(struct doc_reader *in, struct doc_place at, const char *key); // texts or whole numbers, in order
enum text_state doc_state(struct doc_reader *in, struct doc_place at, const char *key, const struct doc_word *words);

// One metric; private to report_doc.c.
void doc_metric(struct doc_reader *in, struct doc_place at, void *ret_metric);

#endif
