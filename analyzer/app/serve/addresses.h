// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of each client address: connections that are open, requests and failed sign-ins of late. The table has a fixed size:
// an address without connections gives way to a newer one; where all places that an address may have are taken, it shares one.
// All functions are for one thread, the listener's.
#ifndef SERVE_ADDRESSES_H
#define SERVE_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "serve/allowance.h"

#define ADDRESS_MOST_TEXT 48

struct address {
    unsigned char key[16]; // IPv4 as mapped, IPv6 without its last 64 bits
    size_t connections;
    int64_t seen_mono_ms;  // 0: the place is free
    struct allowance requests, failures;
};

struct addresses;

struct addresses *addresses_create(void);
void addresses_destroy(struct addresses *addresses);

// Never NULL; stays as long as it has connections.
struct address *addresses_find(struct addresses *addresses, const struct sockaddr *address, int64_t now_mono_ms);

// The address without port.
void address_text(const struct sockaddr *address, char ret_text[ADDRESS_MOST_TEXT]);

#endif
