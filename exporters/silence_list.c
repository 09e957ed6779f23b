// SPDX-License-Identifier: GPL-3.0-or-later
#include "silence_list.h"

#include <string.h>

#include "text_style.h"

enum { MOST_COMMENT = 200, MOST_NAME = 100 }; // columns

struct reader {
    const json_t *alerts;
    const struct silence_answer *answers;
    size_t count;
    struct text_out to; // only for texts
};

static bool is_id(const char *id) {
    return strlen(id) == SILENCE_ID_LEN && strspn(id, "0123456789abcdef-") == SILENCE_ID_LEN;
}

static bool has_id(const struct silence_answer *answers, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(answers[i].id, id) == 0) return true;
    }
    return false;
}

size_t silence_list_ids(const json_t *alerts, struct silence_answer ret[SILENCE_LIST_MOST]) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(alerts) && i < SILENCE_LIST_ALERTS; i++) {
        const json_t *ids = json_object_get(json_object_get(json_array_get(alerts, i), "status"), "silencedBy");
        for (size_t k = 0; k < json_array_size(ids) && count < SILENCE_LIST_MOST; k++) {
            const char *id = json_string_value(json_array_get(ids, k));
            if (id == NULL || !is_id(id) || has_id(ret, count, id)) continue;
            ret[count] = (struct silence_answer){.text = {NULL, 0}};
            memcpy(ret[count++].id, id, SILENCE_ID_LEN);
        }
    }
    return count;
}

static void put(const struct reader *r, json_t *object, const char *key, const json_t *text, int columns) {
    const char *value = json_string_value(text);
    if (value == NULL || *value == '\0') return;
    json_object_set_new(object, key, json_string(text_cut(&r->to, text_clean(r->to.arena, value, strlen(value), false), columns)));
}

static json_t *silence_json(const struct reader *r, const char *id) {
    json_t *silence = json_pack("{s:s}", "id", id);
    for (size_t i = 0; i < r->count; i++) {
        const struct silence_answer *answer = &r->answers[i];
        if (answer->text.ptr == NULL || strcmp(answer->id, id) != 0) continue;
        json_t *told = json_loadb(answer->text.ptr, answer->text.len, 0, NULL);
        put(r, silence, "by", json_object_get(told, "createdBy"), MOST_NAME);
        put(r, silence, "until", json_object_get(told, "endsAt"), MOST_NAME);
        put(r, silence, "comment", json_object_get(told, "comment"), MOST_COMMENT);
        json_decref(told);
    }
    return silence;
}

// The name of the alert with this fingerprint, where it is one of those that were asked for.
static const json_t *name_of(const struct reader *r, const char *fingerprint) {
    for (size_t i = 0; i < json_array_size(r->alerts) && i < SILENCE_LIST_ALERTS; i++) {
        const json_t *alert = json_array_get(r->alerts, i);
        const char *text = json_string_value(json_object_get(alert, "fingerprint"));
        if (text != NULL && strcmp(text, fingerprint) == 0) return json_object_get(json_object_get(alert, "labels"), "alertname");
    }
    return NULL;
}

static json_t *inhibitor_json(const struct reader *r, const json_t *fingerprint) {
    json_t *inhibitor = json_object();
    put(r, inhibitor, "fingerprint", fingerprint, MOST_NAME);
    put(r, inhibitor, "alert", json_is_string(fingerprint) ? name_of(r, json_string_value(fingerprint)) : NULL, MOST_NAME);
    return inhibitor;
}

static json_t *alert_json(const struct reader *r, const json_t *alert) {
    static const char *const kept[][2] = {{"alert", "alertname"}, {"metric", "metric"}, {"tags", "tags"}};
    const json_t *status = json_object_get(alert, "status"), *labels = json_object_get(alert, "labels");
    const json_t *silenced = json_object_get(status, "silencedBy"), *inhibited = json_object_get(status, "inhibitedBy");
    json_t *object = json_object(), *silences = json_array(), *inhibitors = json_array();
    for (size_t i = 0; i < 3; i++) put(r, object, kept[i][0], json_object_get(labels, kept[i][1]), MOST_NAME);
    for (size_t i = 0; i < json_array_size(silenced) && i < SILENCE_LIST_MOST; i++) {
        const char *id = json_string_value(json_array_get(silenced, i));
        if (id != NULL && is_id(id)) json_array_append_new(silences, silence_json(r, id));
    }
    for (size_t i = 0; i < json_array_size(inhibited) && i < SILENCE_LIST_MOST; i++)
        json_array_append_new(inhibitors, inhibitor_json(r, json_array_get(inhibited, i)));
    json_object_set_new(object, "silenced_by", silences);
    json_object_set_new(object, "inhibited_by", inhibitors);
    return object;
}

json_t *silence_list(const json_t *alerts, const struct silence_answer *answers, size_t count, struct arena *arena) {
    static const struct report_style style = {.width = 80};
    const struct reader r = {alerts, answers, count, {.style = &style, .width = style.width, .arena = arena}};
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(alerts) && i < SILENCE_LIST_ALERTS; i++) {
        json_t *told = alert_json(&r, json_array_get(alerts, i));
        if (json_array_size(json_object_get(told, "silenced_by")) > 0 || json_array_size(json_object_get(told, "inhibited_by")) > 0)
            json_array_append(list, told);
        json_decref(told);
    }
    return list;
}
