// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_number.h"

#include <math.h>
#include <string.h>

#include "base/timetext.h"

json_t *result_number(double value) {
    if (isnan(value)) return json_string("NaN");
    if (isinf(value)) return json_string(value > 0 ? "+Inf" : "-Inf");
    if (value == floor(value) && fabs(value) < 1e15) return json_integer((json_int_t)value);
    return json_real(value);
}

json_t *result_known(double value) {
    return isnan(value) ? json_null() : result_number(value);
}

json_t *result_text(const char *text) {
    json_t *whole = json_string(text);
    if (whole != NULL) return whole;
    struct buf out;
    buf_init(&out, 3 * strlen(text) + 1);
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x80) {
            buf_char(&out, *p);
        } else {
            buf_str(&out, "\xef\xbf\xbd");
        }
    }
    json_t *value = json_string(buf_text(&out));
    buf_finish(&out);
    return value;
}

json_t *result_texts(const struct texts *texts) {
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++) json_array_append_new(list, result_text(texts->items[i]));
    return list;
}

void result_limits(json_t *object, const struct limits *limits) {
    json_object_set_new_nocheck(object, "min", limits->has_min ? result_number(limits->min) : json_null());
    json_object_set_new_nocheck(object, "max", limits->has_max ? result_number(limits->max) : json_null());
}

json_t *result_seconds(int64_t ms) {
    return ms % 1000 == 0 ? json_integer(ms / 1000) : json_real((double)ms / 1000);
}

json_t *result_instant(int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}
