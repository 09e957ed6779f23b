// SPDX-License-Identifier: GPL-3.0-or-later
// What is remembered of each client address: its open connections, and how many requests and failed sign-ins it may still make. The table
// has a fixed size. An address without connections makes room for a new one; when every place that an address may have belongs to one with
// connections, two addresses share a place and so their limits. All functions are for the listener's thread.
#ifndef SERVE_ADDRESSES_H
#define SERVE_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "serve/allowance.h"

#define ADDRESS_MOST_TEXT 48

struct address {
    unsigned char key[16]; // IPv4 as a mapped IPv6 address, IPv6 without its last 64 bits
    size_t connections;
    int64_t seen_mono_ms;  // 0: the place is free
    struct allowance requests, failures;
};

struct addresses;

struct addresses *addresses_create(void);
void addresses_destroy(struct addresses *addresses);

// The address's place, never NULL. It stays the address's as long as it has connections.
struct address *addresses_find(struct addresses *addresses, const struct sockaddr *address, int64_t now_mono_ms);

// The address without port.
void address_text(const struct sockaddr *address, char ret_text[ADDRESS_MOST_TEXT]);

#endif
