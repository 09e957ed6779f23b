// SPDX-License-Identifier: GPL-3.0-or-later
// Whether bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

#include "base/view.h"

bool utf8_is_valid(struct view text);

#endif
