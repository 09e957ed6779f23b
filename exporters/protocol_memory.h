// SPDX-License-Identifier: GPL-3.0-or-later
// Which servers are known not to take remote write 2.0, so that not each delivery has to find it out and sends everything twice. What is
// known is forgotten after an hour: servers are brought up to date.
#ifndef EXPORTERS_PROTOCOL_MEMORY_H
#define EXPORTERS_PROTOCOL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_MEMORY_MS INT64_C(3600000)

enum { PROTOCOL_MEMORY_MOST = 256 }; // servers; the one that was learnt first makes room

struct protocol_memory { // zeroes: nothing is known
    struct protocol_entry {
        char *url;
        int64_t until_ms;
    } *entries;
    size_t count, cap;
};

// Whether the server at this URL is known to take 1.0 only.
bool protocol_memory_is_old(const struct protocol_memory *memory, const char *url, int64_t now_ms);

void protocol_memory_note(struct protocol_memory *memory, const char *url, int64_t now_ms); // that it does not take 2.0
void protocol_memory_finish(struct protocol_memory *memory);

#endif
