// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <nettle/sha2.h>

void digest_hex(struct view text, char ret_hex[DIGEST_HEX_LEN + 1]) {
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[SHA256_DIGEST_SIZE];
    struct sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, text.len, (const unsigned char *)text.ptr);
    sha256_digest(&state, sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        ret_hex[2 * i] = hex[bytes[i] >> 4];
        ret_hex[2 * i + 1] = hex[bytes[i] & 15];
    }
    ret_hex[DIGEST_HEX_LEN] = '\0';
}
