// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the data of an answer: status, error, warnings, and whether the server calls it partial.
#include "base/mem.h"
#include "decode_private.h"

#define TEXTS_MAX 1000

static bool on_status(struct decoder *d, enum json_event event) {
    struct view text = json_text(&d->json);
    if (event == JSON_STRING && view_is(text, "error")) {
        d->status = STATUS_ERROR;
        return true;
    }
    if (event != JSON_STRING || !view_is(text, "success")) {
        d->no_envelope = true;
        return decoder_fail(d, ERROR_DATA, "status is neither \"success\" nor \"error\"");
    }
    d->status = STATUS_SUCCESS;
    if (d->data_err.code == ERROR_NONE) return true;
    d->err = d->data_err;
    d->failed = true;
    return false;
}

// As much of the text as fits, on one line, never half a character.
static void copy_text(char *to, size_t size, struct view text) {
    size_t len = text.len < size ? text.len : size - 1;
    while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) len--;
    for (size_t i = 0; i < len; i++) to[i] = text.ptr[i] == '\0' ? ' ' : text.ptr[i];
    to[len] = '\0';
}

static bool on_error_text(struct decoder *d, enum json_event event, enum field field) {
    bool type = field == FIELD_ERROR_TYPE;
    if (event == JSON_NULL) return true;
    if (event != JSON_STRING) return decoder_fail(d, ERROR_DATA, type ? "errorType is not a string" : "error is not a string");
    d->seen |= decode_bit(field);
    struct view text = json_text(&d->json);
    if (type) {
        copy_text(d->error_type, sizeof d->error_type, text);
    } else {
        copy_text(d->error_text, sizeof d->error_text, text);
    }
    return true;
}

bool decode_texts_key(struct decoder *d, enum json_event event, enum field field) {
    if (event == JSON_NULL) return true;
    if (event != JSON_ARRAY) return decoder_fail(d, ERROR_DATA, "warnings or infos is not a list");
    d->texts = field == FIELD_WARNINGS ? &d->set->warnings : &d->set->infos;
    d->frames[d->json.depth].place = PLACE_TEXTS;
    return true;
}

bool decode_texts(struct decoder *d, enum json_event event) {
    if (event != JSON_STRING) return decoder_fail(d, ERROR_DATA, "warnings or infos holds something else than strings");
    struct text_list *list = d->texts;
    if (list->count == TEXTS_MAX) return decoder_fail(d, ERROR_LIMIT, "more than 1,000 warnings");
    void *items = list->items;
    mem_grow(&items, &list->cap, list->count, sizeof *list->items);
    list->items = items;
    list->items[list->count++] = decode_keep_text(d);
    return true;
}

bool decode_partial(struct decoder *d, enum json_event event) {
    if (event != JSON_TRUE && event != JSON_FALSE && event != JSON_NULL) return decoder_fail(d, ERROR_DATA, "isPartial is not a boolean");
    d->set->partial = d->set->partial || event == JSON_TRUE;
    return true;
}

static bool on_data_key(struct decoder *d, enum json_event event) {
    if (d->expect != EXPECT_RESULT) return decode_metadata_data(d, event);
    d->data_shape = event == JSON_OBJECT ? DATA_QUERY : event == JSON_ARRAY ? DATA_LIST : DATA_NULL;
    if (event == JSON_OBJECT) d->frames[d->json.depth].place = PLACE_DATA;
    if (decode_is_scalar(event)) return decode_wrong_data(d, "data is neither an object nor a list");
    return true;
}

bool decode_top(struct decoder *d, enum json_event event) {
    if (event != JSON_OBJECT) {
        d->no_envelope = true;
        return decoder_fail(d, ERROR_DATA, "the document is not an object");
    }
    d->frames[d->json.depth].place = PLACE_ENVELOPE;
    return true;
}

bool decode_envelope(struct decoder *d, enum json_event event) {
    enum field field = d->frames[1].field;
    if (field == FIELD_STATUS) return on_status(d, event);
    if (field == FIELD_DATA) return on_data_key(d, event);
    if (field == FIELD_ERROR || field == FIELD_ERROR_TYPE) return on_error_text(d, event, field);
    if (field == FIELD_WARNINGS || field == FIELD_INFOS) return decode_texts_key(d, event, field);
    return field != FIELD_PARTIAL || decode_partial(d, event);
}
