// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 (FIPS 180-4) as lower-case hexadecimal: how configs and runs are named.
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/view.h"

#define DIGEST_HEX_LEN 64

void digest_hex(struct view text, char ret_hex[DIGEST_HEX_LEN + 1]);

#endif
