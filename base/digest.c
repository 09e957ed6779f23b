// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <openssl/sha.h>

void digest_hex(struct view text, char ret_hex[DIGEST_HEX_LEN + 1]) {
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text.ptr, text.len, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        ret_hex[2 * i] = hex[bytes[i] >> 4];
        ret_hex[2 * i + 1] = hex[bytes[i] & 15];
    }
    ret_hex[DIGEST_HEX_LEN] = '\0';
}
