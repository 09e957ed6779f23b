// SPDX-License-Identifier: GPL-3.0-or-later
// A client that sends just the bytes it is given and takes answers apart only as far as tests look at them.
#ifndef TESTS_SERVE_RAW_CLIENT_H
#define TESTS_SERVE_RAW_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct raw_client {
    int fd;
    char data[65536]; // received and not taken yet
    size_t len;
};

struct raw_answer {
    int status;       // 0: the connection was closed without one
    char head[4096];
    char body[32768];
    size_t body_len;
};

void raw_open(struct raw_client *client, int port); // receives give up after 10 s
void raw_close(struct raw_client *client);
void raw_send(struct raw_client *client, const char *text, size_t len);

// The next answer; `bodyless` for answers to HEAD.
struct raw_answer raw_receive(struct raw_client *client, bool bodyless);

// Whether the other side has closed, or closes within 10 s.
bool raw_is_closed(struct raw_client *client);

// One request on a connection of its own.
struct raw_answer raw_ask(int port, const char *text);

// The value of a header into a buffer of the caller; "" when absent.
const char *raw_header(const struct raw_answer *answer, const char *name, char *value, size_t size);

#endif
