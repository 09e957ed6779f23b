// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void secret_random(void *ret_bytes, size_t len) {
    unsigned char *bytes = ret_bytes;
    int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    while (len > 0) {
        ssize_t n = read(file, bytes, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            fputs("serin: /dev/urandom gives no random bytes\n", stderr);
            abort();
        }
        bytes += n;
        len -= (size_t)n;
    }
    close(file);
}

bool secret_same(const void *a, const void *b, size_t len) {
    return nettle_memeql_sec(a, b, len) != 0;
}
