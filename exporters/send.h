// SPDX-License-Identifier: GPL-3.0-or-later
// Sends requests over one client until each is taken, refused for good, or the time for all of them is over. Tried again is what a
// receiver may take later: 429, 5xx and failed connections, after a growing wait or the one that Retry-After asks for.
#ifndef EXPORTERS_SEND_H
#define EXPORTERS_SEND_H

#include "base/http.h"

#define SEND_SAID 400 // bytes of an answer that are kept

struct sending { // one request and what became of it
    const char *key;             // for messages
    struct http_request request; // all but time limits and callbacks; borrowed until send_all() returns
    // Set by send_all().
    bool delivered;        // answered 2xx
    int status;            // of the last answer; 0: there was none
    int tries;
    struct error err;      // why it was not delivered, without secrets
    char said[SEND_SAID + 1]; // beginning of the last answer's body, as it came
    size_t said_len;
    char kept[HTTP_KEPT][32];    // headers of the last answer that the request keeps
    bool mends;                  // not delivered for a reason that another try may mend
    char retry_after[64];        // as the last answer says; "" when it does not
    bool over;
    // Private.
    bool in_flight;
    void (*tried)(void *user);
    void *tried_user;
    int64_t next_mono_ms;
    struct send_run *run;
};

struct send_options {
    int64_t until_mono_ms;           // nothing is waited for beyond this time
    int most_tries;                  // of each
    const volatile int *interrupted; // nonzero gives up within a fifth of a second; may be NULL
};

// Returns when each is delivered or has an error.
void send_all(struct http_client *client, struct sending *items, size_t count, const struct send_options *options);

// One try for callers that wait for other things meanwhile: they drive the client, and `tried` is called when it is over. False, with the
// sending over and `tried` not called, when it cannot be sent at all.
bool send_try(struct http_client *client, struct sending *sending, int64_t timeout_ms, void (*tried)(void *user), void *user);

#endif
