// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what an Alertmanager might answer: the list of alerts, a NUL, and the same answer for every silence that they name. Whatever it
// is, the list and the sentences of it are bounded.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/silence_text.h"
#include "silence_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct silence_answer answers[SILENCE_LIST_MOST];
    struct arena arena = {0};
    const char *text = (const char *)data, *end = size > 0 ? memchr(data, 0, size) : NULL;
    size_t len = end != NULL ? (size_t)(end - text) : size;
    json_t *alerts = json_loadb(text, len, 0, NULL);
    size_t count = silence_list_ids(alerts, answers);
    for (size_t i = 0; i < count && end != NULL; i++) answers[i].text = (struct view){end + 1, size - len - 1};
    json_t *list = silence_list(alerts, answers, count, &arena);
    json_t *result = json_pack("{s:[]}", "notices");
    silence_text(list, result);
    if (json_array_size(list) > SILENCE_LIST_ALERTS || json_array_size(json_object_get(result, "notices")) > 10) abort();
    for (size_t i = 0; i < json_array_size(json_object_get(result, "notices")); i++) {
        const char *sentence = json_string_value(json_array_get(json_object_get(result, "notices"), i));
        if (sentence == NULL || strlen(sentence) > 8192 || strpbrk(sentence, "\n\r\x1b") != NULL) abort();
    }
    json_decref(result);
    json_decref(list);
    json_decref(alerts);
    arena_finish(&arena);
    return 0;
}
