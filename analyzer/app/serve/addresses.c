// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/addresses.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "serve/secret.h"

#define SETS 1024
#define PLACES 8 // of a set; an address can have any of them

struct addresses {
    uint64_t seed; // random, so that nobody can choose addresses that all fall into one set
    struct address places[SETS][PLACES];
};

struct addresses *addresses_create(void) {
    struct addresses *addresses = mem_zero(1, sizeof *addresses);
    secret_random(&addresses->seed, sizeof addresses->seed);
    return addresses;
}

void addresses_destroy(struct addresses *addresses) {
    free(addresses);
}

static void make_key(const struct sockaddr *address, unsigned char key[16]) {
    memset(key, 0, 16);
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
        memcpy(key, &in6->sin6_addr, mapped ? 16 : 8);
    } else if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        key[10] = key[11] = 0xff;
        memcpy(key + 12, &in->sin_addr, 4);
    }
}

static size_t choose_set(const struct addresses *addresses, const unsigned char key[16]) {
    uint64_t words[2];
    memcpy(words, key, sizeof words);
    uint64_t hash = (words[0] ^ addresses->seed) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ (hash >> 29) ^ words[1]) * UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(hash >> 40) % SETS;
}

struct address *addresses_find(struct addresses *addresses, const struct sockaddr *address, int64_t now_mono_ms) {
    unsigned char key[16];
    make_key(address, key);
    struct address *set = addresses->places[choose_set(addresses, key)];
    struct address *oldest = NULL;
    for (size_t i = 0; i < PLACES; i++) {
        if (set[i].seen_mono_ms != 0 && memcmp(set[i].key, key, sizeof key) == 0) {
            set[i].seen_mono_ms = now_mono_ms;
            return &set[i];
        }
        if (set[i].connections > 0) continue;
        if (oldest == NULL || set[i].seen_mono_ms < oldest->seen_mono_ms) oldest = &set[i];
    }
    if (oldest == NULL) return &set[key[15] % PLACES];
    *oldest = (struct address){.seen_mono_ms = now_mono_ms > 0 ? now_mono_ms : 1};
    memcpy(oldest->key, key, sizeof key);
    return oldest;
}

void address_text(const struct sockaddr *address, char ret_text[ADDRESS_MOST_TEXT]) {
    const void *bytes = NULL;
    ret_text[0] = '\0';
    if (address->sa_family == AF_INET6) bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (address->sa_family == AF_INET) bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (bytes != NULL) inet_ntop(address->sa_family, bytes, ret_text, ADDRESS_MOST_TEXT);
}
