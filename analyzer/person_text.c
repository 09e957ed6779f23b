// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/person_text.h"

#include <string.h>

#include "base/utf8.h"

// Of valid UTF-8. C1 controls; zero width and bidirectional marks, line separators; word joiner to bidirectional isolates; byte order mark.
static bool is_hidden(const unsigned char *c) {
    if (c[0] < 0x20 || c[0] == 0x7f) return true;
    if (c[0] == 0xc2) return c[1] < 0xa0 || c[1] == 0xad;
    if (c[0] == 0xe2 && c[1] == 0x80) return (c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae);
    if (c[0] == 0xe2 && c[1] == 0x81) return c[2] >= 0xa0 && c[2] <= 0xaf;
    return c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf;
}

bool person_text_check(const char *what, const char *text, size_t most, struct error *err) {
    size_t len = strlen(text);
    if (strspn(text, " ") == len) return error_set(err, ERROR_USAGE, "%s must not be empty", what);
    if (len > most) return error_set(err, ERROR_USAGE, "%s is longer than %zu bytes", what, most);
    if (!utf8_is_valid(view_of(text))) return error_set(err, ERROR_USAGE, "%s is not UTF-8", what);
    for (size_t i = 0; i < len; i++) {
        if (is_hidden((const unsigned char *)text + i))
            return error_set(err, ERROR_USAGE, "%s holds a line feed, control or invisible character at byte %zu", what, i);
    }
    return true;
}
