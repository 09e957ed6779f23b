// SPDX-License-Identifier: GPL-3.0-or-later
// Eight bytes a step over eight tables ("slicing by 8": Kounavis and Berry, "A systematic approach to building high performance
// software-based CRC generators", 2005). The tables are made once, at the first use.
#include "base/crc32c.h"

#include <pthread.h>

#define POLYNOMIAL UINT32_C(0x82F63B78)

static uint32_t tables[8][256]; // tables[k][b]: what byte b does k bytes later
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t crc = b;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
        tables[0][b] = crc;
    }
    for (int k = 1; k < 8; k++) {
        for (uint32_t b = 0; b < 256; b++) tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 0xFF];
    }
}

static uint32_t read_four(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len) {
    const unsigned char *p = data, *end = p + len;
    pthread_once(&once, make_tables);
    crc = ~crc;
    for (; end - p >= 8; p += 8) {
        uint32_t low = read_four(p) ^ crc, high = read_four(p + 4);
        crc = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^ tables[4][low >> 24] ^
              tables[3][high & 0xFF] ^ tables[2][high >> 8 & 0xFF] ^ tables[1][high >> 16 & 0xFF] ^ tables[0][high >> 24];
    }
    for (; p < end; p++) crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xFF];
    return ~crc;
}
