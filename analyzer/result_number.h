// SPDX-License-Identifier: GPL-3.0-or-later
// Values of the result document.
#ifndef ANALYZER_RESULT_NUMBER_H
#define ANALYZER_RESULT_NUMBER_H

#include <jansson.h>

#include "analyzer/config.h"

json_t *result_number(double value);              // "NaN", "+Inf", "-Inf" when not finite; an integer when it is a small one
json_t *result_known(double value);               // the same; null for NaN, which is unknown
json_t *result_text(const char *text);            // what is not UTF-8 is replaced by U+FFFD
json_t *result_texts(const struct texts *texts);

json_t *result_seconds(int64_t ms);
json_t *result_instant(int64_t ms); // ISO 8601 in UTC

void result_limits(json_t *object, const struct limits *limits); // members min and max, null where there is no bound

#endif
