// SPDX-License-Identifier: GPL-3.0-or-later
// The socket that a listener takes connections from.
#ifndef SERVE_LISTEN_SOCKET_H
#define SERVE_LISTEN_SOCKET_H

#include <stdbool.h>

#include "base/error.h"

struct listen_socket {
    int fd;
    int port;      // the bound one
    bool loopback; // only this machine can reach it
};

// Binds and listens. The address is numeric, IPv4 or IPv6 (with or without brackets), or localhost. The caller owns fd. False with err when
// it is no address, or the port is in use or not permitted.
bool listen_socket_open(const char *address, int port, struct listen_socket *ret_socket, struct error *err);

#endif
