// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded answers of Prometheus-compatible servers: the bytes of a file, in pieces as a transfer gives them, through
// the decoder; the result in its canonical text form.
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "conform.h"
#include "query/decode.h"

#define PIECE_BYTES 16384

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

static bool feed_file(struct decoder *decoder, const char *path, struct error *err) {
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL) return error_set(err, ERROR_IO, "cannot open %s", path != NULL ? path : "a case without file");
    char piece[PIECE_BYTES];
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;) {
        if (!decoder_feed(decoder, piece, len)) break;
    }
    fclose(file);
    return true;
}

static json_t *texts(const struct text_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) json_array_append_new(array, json_stringn(list->items[i].ptr, list->items[i].len));
    return array;
}

static json_t *whole(const struct series_set *set) {
    struct buf canonical;
    buf_init(&canonical, (size_t)256 << 20);
    series_set_canonical(&canonical, set);
    json_t *out = json_pack("{s:s, s:s, s:o, s:o, s:b}", "outcome", "ok", "status", "success", "warnings", texts(&set->warnings), "infos",
                            texts(&set->infos), "incomplete", (int)set->partial);
    json_object_set_new(out, "canonical", json_stringn(buf_text(&canonical), canonical.len));
    buf_finish(&canonical);
    return out;
}

static json_t *outputs(const struct decode_result *result, const struct series_set *set) {
    switch (result->outcome) {
    case DECODE_OK:
        return whole(set);
    case DECODE_API_ERROR:
        return json_pack("{s:s, s:s, s:s, s:s}", "outcome", "api_error", "status", "error", "errorType", result->error_type, "error",
                         result->error_text);
    case DECODE_HTTP_ERROR:
        return json_pack("{s:s, s:s}", "outcome", "http_error", "error", result->err.text);
    case DECODE_BROKEN:
    case DECODE_INCOMPLETE:
        break;
    }
    return json_pack("{s:s, s:s}", "outcome", "clear_error", "error", result->err.text);
}

// A path of the API whose answer is no query result.
static bool is_metadata(const json_t *inputs) {
    const char *path = text_of(json_object_get(inputs, "request"), "path");
    const char *last = path != NULL ? strrchr(path, '/') : NULL;
    return last != NULL && strcmp(last, "/query") != 0 && strcmp(last, "/query_range") != 0;
}

static json_t *prom_decode(const json_t *inputs, struct error *err) {
    const json_t *http = json_object_get(inputs, "http");
    if (!decode_check_encoding(text_of(http, "content_encoding"), err)) return NULL;
    struct series_set set;
    series_set_init(&set);
    int status = (int)json_integer_value(json_object_get(http, "status"));
    struct decoder *decoder = decoder_create(status, text_of(http, "content_type"), NULL, &set);
    if (is_metadata(inputs)) decoder_allow_metadata(decoder);
    struct decode_result result;
    json_t *out = NULL;
    if (feed_file(decoder, text_of(inputs, "file"), err)) {
        decoder_end(decoder, &result);
        out = outputs(&result, &set);
    }
    decoder_destroy(decoder);
    series_set_finish(&set);
    return out;
}

const struct conform_kind conform_prom_decode[] = {
    {"prom.decode", prom_decode},
    {NULL, NULL},
};
