// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/silence_text.h"

#include <stdbool.h>
#include <string.h>

enum { MOST_SENTENCES = 10 };

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool is_same(const json_t *a, const json_t *b, const char *id) {
    return strcmp(text_of(a, id), text_of(b, id)) == 0;
}

static bool names(const json_t *alert, const char *list, const char *id, const json_t *cause) {
    const json_t *causes = json_object_get(alert, list);
    for (size_t i = 0; i < json_array_size(causes); i++) {
        if (is_same(json_array_get(causes, i), cause, id)) return true;
    }
    return false;
}

// How many alerts of the target have this cause; 0 when one before the i-th has it, and tells it.
static int count_alerts(const json_t *silenced, size_t i, const char *list, const char *id, const json_t *cause) {
    const json_t *alert = json_array_get(silenced, i);
    int count = 0;
    for (size_t k = 0; k < json_array_size(silenced); k++) {
        const json_t *other = json_array_get(silenced, k);
        bool same = is_same(alert, other, "target") && names(other, list, id, cause);
        if (same && k < i) return 0;
        count += same;
    }
    return count;
}

static json_t *sentence(const char *target, int count, bool silence, const json_t *cause) {
    const char *by = text_of(cause, silence ? "by" : "alert"), *until = text_of(cause, "until"), *comment = text_of(cause, "comment");
    if (*by == '\0') by = silence ? text_of(cause, "id") : "another alert";
    return json_sprintf("%s: %d %s %s by %s%s%s%s%s", target, count, count == 1 ? "alert is" : "alerts are",
                        silence ? "silenced" : "inhibited", by, *until != '\0' ? " until " : "", until, *comment != '\0' ? ": " : "",
                        comment);
}

void silence_text(const json_t *silenced, json_t *result) {
    static const char *const kinds[][2] = {{"silenced_by", "id"}, {"inhibited_by", "fingerprint"}};
    json_t *notices = json_object_get(result, "notices");
    size_t room = json_array_size(notices) + MOST_SENTENCES;
    for (size_t i = 0; i < json_array_size(silenced); i++) {
        const json_t *alert = json_array_get(silenced, i);
        for (size_t kind = 0; kind < 2; kind++) {
            const json_t *causes = json_object_get(alert, kinds[kind][0]);
            for (size_t k = 0; k < json_array_size(causes) && json_array_size(notices) < room; k++) {
                const json_t *cause = json_array_get(causes, k);
                int count = count_alerts(silenced, i, kinds[kind][0], kinds[kind][1], cause);
                if (count > 0) json_array_append_new(notices, sentence(text_of(alert, "target"), count, kind == 0, cause));
            }
        }
    }
}
