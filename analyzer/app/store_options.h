// SPDX-License-Identifier: GPL-3.0-or-later
// What serin store takes from the command line beside what other commands take.
#ifndef APP_STORE_OPTIONS_H
#define APP_STORE_OPTIONS_H

#include <stdbool.h>

struct store_arguments { // NULL: not given
    const char *where, *replay;
    bool evidence;
};

#endif
