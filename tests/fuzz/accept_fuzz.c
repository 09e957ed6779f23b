// SPDX-License-Identifier: GPL-3.0-or-later
// Negotiates with any header: there must be an answer of the format that it says, made of our own texts alone.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exporters/exposition_negotiate.h"

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PROTOBUF "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const types[EXPOSITION_FORMATS] = {TEXT, OPENMETRICS, PROTOBUF};
    static const char *const endings[] = {"", "; escaping=allow-utf-8", "; escaping=underscores", "; escaping=dots", "; escaping=values"};
    char *accept = mem_strndup((const char *)data, size);
    struct exposition_choice choice = exposition_negotiate(accept);
    size_t len = strlen(types[choice.format]), found = 0;
    if (strncmp(choice.content_type, types[choice.format], len) != 0) abort();
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) found += strcmp(choice.content_type + len, endings[i]) == 0;
    if (found != 1) abort();
    free(accept);
    return 0;
}
