// SPDX-License-Identifier: GPL-3.0-or-later
// What a report says of alerts that Alertmanagers keep to themselves.
#ifndef EXPORTERS_SILENCE_TEXT_H
#define EXPORTERS_SILENCE_TEXT_H

#include <jansson.h>

// Appends a sentence for each silence and each inhibiting alert to the notices of a result document; `silenced` is what
// courier_silenced() gave. At most 10.
void silence_text(const json_t *silenced, json_t *result);

#endif
