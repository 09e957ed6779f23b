// SPDX-License-Identifier: GPL-3.0-or-later
// A server on loopback that plays a script of answers, good and bad, and remembers what it was asked. One thread accepts,
// one thread per connection answers.
#ifndef TESTS_QUERY_FAKE_SERVER_H
#define TESTS_QUERY_FAKE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct fake_answer {
    int status;           // 0: 200
    const char *headers;  // complete lines with \r\n; NULL: Content-Type: application/json
    const char *body;     // NULL: none
    int delay_ms;         // before the head
    size_t cut_after;     // not 0: closes after so many bytes of the body, which Content-Length gives whole
    bool close_at_once;   // no answer at all
    int dribble_ms;       // not 0: one byte of the body each so often
};

struct fake_request {
    char method[16], path[256];
    char head[2048]; // request line and headers
    char body[4096];
};

struct fake_server;

// The n-th request gets the n-th answer, all further ones the last. Requests for the server's version are answered 404 and
// are not counted, unless `version` is given as their body; so are remote reads, as on a server without. The script must outlive the server.
struct fake_server *fake_server_start(const struct fake_answer *script, size_t count, const char *version);
void fake_server_stop(struct fake_server *server); // waits for its threads

int fake_server_port(const struct fake_server *server);
void fake_server_take_reads(struct fake_server *server); // before the first request: remote reads get their part of the script
size_t fake_server_requests(struct fake_server *server);
struct fake_request fake_server_request(struct fake_server *server, size_t i);
size_t fake_server_connections(struct fake_server *server);
size_t fake_server_most_at_once(struct fake_server *server);

int fake_free_port(void); // one that nobody listens on

#endif
