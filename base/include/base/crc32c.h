// SPDX-License-Identifier: GPL-3.0-or-later
// CRC-32C (Castagnoli's polynomial, reflected), as RFC 3720 and the frames of streamed remote read use it.
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// `crc` is 0 for the first piece and the last result for the next one.
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
