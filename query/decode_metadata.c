// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that are no results of queries: names of labels, values of a label, label sets of series, descriptions of metrics, exemplars.
// Keys that nobody asked for are skipped, as everywhere in the decoder.
#include <string.h>

#include "base/mem.h"
#include "decode_private.h"
#include "query/decimal.h"

bool decode_metadata_data(struct decoder *d, enum json_event event) {
    static const struct {
        enum result_type type;
        enum json_event event;
        enum place place;
    } expected[] = {
        [EXPECT_RESULT] = {RESULT_NONE, JSON_NULL, PLACE_SKIP},
        [EXPECT_NAMES] = {RESULT_NAMES, JSON_ARRAY, PLACE_NAMES},
        [EXPECT_SERIES] = {RESULT_SERIES, JSON_ARRAY, PLACE_LABEL_SETS},
        [EXPECT_METADATA] = {RESULT_METADATA, JSON_OBJECT, PLACE_DESCRIBED},
        [EXPECT_EXEMPLARS] = {RESULT_EXEMPLARS, JSON_ARRAY, PLACE_EXEMPLAR_SERIES_LIST},
    };
    d->data_shape = event == JSON_OBJECT ? DATA_QUERY : DATA_LIST;
    d->set->type = expected[d->expect].type;
    bool list = expected[d->expect].event == JSON_ARRAY;
    return decode_enter(d, event, expected[d->expect].event, expected[d->expect].place,
                        list ? "data is not a list" : "data is not an object");
}

static bool on_name(struct decoder *d, enum json_event event) {
    struct text_list *names = &d->set->names;
    if (event != JSON_STRING) return decode_wrong_data(d, "a name is not a string");
    if (names->count >= d->limits.series) return decoder_fail(d, ERROR_LIMIT, "more names than the limit of series");
    void *items = names->items;
    mem_grow(&items, &names->cap, names->count, sizeof *names->items);
    names->items = items;
    names->items[names->count++] = decode_keep_text(d);
    return true;
}

static bool on_label_set(struct decoder *d, enum json_event event) {
    d->label_count = 0;
    return decode_enter(d, event, JSON_OBJECT, PLACE_LABEL_SET, "a label set is not an object") &&
           (d->frames[d->json.depth].place != PLACE_LABEL_SET || decode_add_series(d));
}

static bool on_description(struct decoder *d, enum json_event event) {
    static const char *const names[] = {"__name__", "help", "type", "unit"};
    for (size_t i = 0; i < 4; i++) d->description[i] = (struct label){view_of(names[i]), {"", 0}};
    d->description[0].value = d->name;
    return decode_enter(d, event, JSON_OBJECT, PLACE_DESCRIPTION, "the description of a metric is not an object");
}

static bool on_description_text(struct decoder *d, enum json_event event) {
    enum field field = d->frames[d->json.depth - (event == JSON_OBJECT || event == JSON_ARRAY)].field;
    if (field != FIELD_HELP && field != FIELD_TYPE && field != FIELD_UNIT) return true;
    if (event != JSON_STRING) return decode_wrong_data(d, "type, help or unit of a metric is not a string");
    d->description[field == FIELD_HELP ? 1 : field == FIELD_TYPE ? 2 : 3].value = decode_keep_text(d);
    return true;
}

static bool end_description(struct decoder *d) {
    if (!decode_add_series(d)) return false;
    struct labels *labels = &decode_series(d)->labels;
    labels->items = arena_array(&d->set->arena, 4, sizeof *labels->items);
    labels->count = 4;
    memcpy(labels->items, d->description, sizeof d->description);
    return true;
}

static bool on_exemplar_series(struct decoder *d, enum json_event event) {
    return decode_enter(d, event, JSON_OBJECT, PLACE_EXEMPLAR_SERIES, "the exemplars of a series are not an object") &&
           (d->frames[d->json.depth].place != PLACE_EXEMPLAR_SERIES || decode_add_series(d));
}

static bool on_exemplar_series_part(struct decoder *d, enum json_event event) {
    enum field field = d->frames[d->json.depth - (event == JSON_OBJECT || event == JSON_ARRAY)].field;
    d->label_count = 0;
    if (field == FIELD_SERIES_LABELS) return decode_enter(d, event, JSON_OBJECT, PLACE_LABEL_SET, "seriesLabels is not an object");
    return field != FIELD_EXEMPLARS || decode_enter(d, event, JSON_ARRAY, PLACE_EXEMPLARS, "exemplars is not a list");
}

static bool on_exemplar(struct decoder *d, enum json_event event) {
    d->exemplar = (struct exemplar){.series = d->set->count - 1};
    d->exemplar_seen = 0;
    return decode_enter(d, event, JSON_OBJECT, PLACE_EXEMPLAR, "an exemplar is not an object");
}

static bool on_exemplar_part(struct decoder *d, enum json_event event) {
    enum field field = d->frames[d->json.depth - (event == JSON_OBJECT || event == JSON_ARRAY)].field;
    struct view text = json_text(&d->json);
    d->exemplar_seen |= decode_bit(field);
    d->label_count = 0;
    if (field == FIELD_LABELS)
        return decode_enter(d, event, JSON_OBJECT, PLACE_EXEMPLAR_LABELS, "the labels of an exemplar are not an object");
    if (field == FIELD_TIMESTAMP && (event != JSON_NUMBER || !decode_time_ms(text, &d->exemplar.time_ms)))
        return decode_wrong_data(d, "the time of an exemplar is not a number of seconds within 64-bit milliseconds");
    if (field == FIELD_VALUE && (event != JSON_STRING || !decimal_parse(text.ptr, text.len, &d->exemplar.value)))
        return decode_wrong_data(d, "the value of an exemplar is not a decimal number in quotes");
    return true;
}

static bool end_exemplar(struct decoder *d) {
    struct series_set *set = d->set;
    unsigned need = decode_bit(FIELD_VALUE) | decode_bit(FIELD_TIMESTAMP);
    if ((d->exemplar_seen & need) != need) return decode_wrong_data(d, "an exemplar without value or timestamp");
    if (!decode_count_samples(d, 1)) return false;
    d->samples++;
    void *items = set->exemplars;
    mem_grow(&items, &set->exemplar_cap, set->exemplar_count, sizeof *set->exemplars);
    set->exemplars = items;
    set->exemplars[set->exemplar_count++] = d->exemplar;
    return true;
}

bool decode_metadata_key(struct decoder *d, enum place place) {
    if (place == PLACE_LABEL_SET || place == PLACE_EXEMPLAR_LABELS) return decode_label_name(d) || d->failed;
    if (place != PLACE_DESCRIBED) return false;
    d->name = decode_keep_text(d);
    return true;
}

#define OWN(place) ((place)-PLACE_METADATA)

bool decode_metadata_value(struct decoder *d, enum place place, enum json_event event) {
    static bool (*const values[])(struct decoder *, enum json_event) = {
        [OWN(PLACE_NAMES)] = on_name,
        [OWN(PLACE_LABEL_SETS)] = on_label_set,
        [OWN(PLACE_LABEL_SET)] = decode_label_value,
        [OWN(PLACE_DESCRIPTIONS)] = on_description,
        [OWN(PLACE_DESCRIPTION)] = on_description_text,
        [OWN(PLACE_EXEMPLAR_SERIES_LIST)] = on_exemplar_series,
        [OWN(PLACE_EXEMPLAR_SERIES)] = on_exemplar_series_part,
        [OWN(PLACE_EXEMPLARS)] = on_exemplar,
        [OWN(PLACE_EXEMPLAR)] = on_exemplar_part,
        [OWN(PLACE_EXEMPLAR_LABELS)] = decode_label_value,
    };
    if (place == PLACE_DESCRIBED)
        return decode_enter(d, event, JSON_ARRAY, PLACE_DESCRIPTIONS, "the descriptions of a metric are not a list");
    return values[OWN(place)](d, event);
}

bool decode_metadata_end(struct decoder *d, enum place place) {
    if (place == PLACE_LABEL_SET) decode_series(d)->labels = decode_labels(d);
    if (place == PLACE_EXEMPLAR_LABELS) d->exemplar.labels = decode_labels(d);
    if (place == PLACE_DESCRIPTION) return end_description(d);
    return place != PLACE_EXEMPLAR || end_exemplar(d);
}
