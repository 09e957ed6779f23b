// SPDX-License-Identifier: GPL-3.0-or-later
// The server's side of TLS: its certificate and key, and the authority of certificates that clients must show. All can be read again while
// connections are open; a connection keeps what it began with.
#ifndef SERVE_TLS_H
#define SERVE_TLS_H

#include <stdbool.h>

#include "base/error.h"

struct tls;
struct tls_keys; // certificate, key and authority as they were read at one time

// client_ca_file may be NULL: clients need no certificate. NULL with err when a file is unreadable or not PEM, or when key and
// certificate do not belong together.
struct tls *tls_create(const char *cert_file, const char *key_file, const char *client_ca_file, struct error *err);
void tls_destroy(struct tls *tls); // once every session has ended; fine with NULL

// Reads the files again, for sessions from then on. False with err: the old ones stay. Any thread.
bool tls_reload(struct tls *tls, struct error *err);

char *tls_cert(const struct tls *tls), *tls_key(const struct tls *tls); // PEM, as first read; borrowed

// Prepares a session (a gnutls_session_t) before its handshake; what it returns goes to tls_end() when the session has ended.
struct tls_keys *tls_begin(struct tls *tls, void *session);
void tls_end(struct tls *tls, struct tls_keys *keys);

#endif
