// SPDX-License-Identifier: GPL-3.0-or-later
// Why an operation failed. Missing data and a bad canary are not errors: they are values in a result.
// Who knows the reason fills the error in, callers add context in front, only the program prints it, once.
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_code {
    ERROR_NONE,
    ERROR_USAGE,     // command line
    ERROR_CONFIG,    // a canary config or a value in it
    ERROR_IO,        // a local file
    ERROR_SOURCE,    // a source could not be reached or gave no usable answer
    ERROR_API,       // a source answered with an error of its own
    ERROR_DATA,      // bytes from outside that are not what they must be
    ERROR_LIMIT,     // more than a configured bound allows
    ERROR_CANCELLED, // interrupted by the caller
};

struct error {
    enum error_code code;
    char text[1024]; // one line, UTF-8, NUL-terminated; longer texts are cut
};

// Fills *err (which may be NULL) and returns false, so that a failing function can `return error_set(...)`.
__attribute__((format(printf, 3, 4))) bool error_set(struct error *err, enum error_code code, const char *format, ...);

// Puts context in front of the text: "context: text". Returns false, as error_set does.
__attribute__((format(printf, 2, 3))) bool error_prefix(struct error *err, const char *format, ...);

#endif
