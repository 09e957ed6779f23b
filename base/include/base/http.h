// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP client: many transfers at once over one libcurl multi handle, all in the thread that calls it. Connections are
// kept for the next transfer as long as the client lives. Only http and https; a redirect is followed only within the
// same scheme, host and port (method and body kept, at most 5), so credentials never reach another host.
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

struct http_header {
    const char *name, *value;
};

enum { HTTP_KEPT = 3 }; // headers of an answer that a request may ask for

// The head of an answer, known from the first body byte on.
struct http_head {
    int status;             // 0 before there is one
    char content_type[128]; // "" when the server did not say
    char retry_after[64];   // "" when absent
    char kept[HTTP_KEPT][32]; // the headers that http_request.keep names; "" when absent, cut when longer
};

struct http_result {
    bool complete;          // the whole answer arrived; err is not set then
    bool stopped;           // the body callback did not want more
    bool temporary;         // failed before the first body byte in a way another try may mend
    const struct http_head *head;
    uint64_t bytes;         // of body, decoded
    struct error err;       // one line, no secrets
};

// Everything is borrowed only until http_client_start() returns. NULL, 0 and false: not set.
struct http_request {
    const char *method;                 // NULL: GET, or POST when there is a body
    const char *url;
    const struct http_header *headers;
    size_t header_count;
    struct view body;                   // ptr NULL: none
    const char *username, *password;    // basic; with aws_sigv4 the access key and the secret key
    const char *aws_sigv4;              // "aws:amz:REGION:SERVICE": signs the request
    const char *bearer;                 // token
    const char *ca_file, *cert_file, *key_file;
    const char *server_name;            // name the certificate must have, when not the URL's host
    bool insecure_skip_verify;
    const char *proxy;                  // http or https; NULL: from the environment, as curl reads it, but not for loopback
    const char *no_proxy;               // hosts that the proxy is not used for, joined by commas; "*" is all
    bool compression;                   // ask for gzip or deflate; an encoding not asked for is an error
    const char *encoding;               // "snappy": a body encoded so is taken too, and handed on as it is
    const char *keep[HTTP_KEPT];        // names of headers of the answer, at most 63 bytes
    int64_t timeout_ms;                 // whole transfer; 0: 30,000
    int64_t connect_timeout_ms;         // 0: 10,000
    int64_t idle_timeout_ms;            // between two pieces of the body; 0: 15,000
    void *user;                         // handed to both callbacks
    // May be NULL (the body is thrown away). Called for each piece of the body; false stops the transfer.
    bool (*body_piece)(void *user, const struct http_head *head, const char *data, size_t len);
    // Must. Called once at the end, good or bad; it may start other transfers.
    void (*done)(void *user, const struct http_result *result);
};

struct http_client;

struct http_client *http_client_create(void);
void http_client_destroy(struct http_client *client); // fine with NULL; cancels what is in flight

// False, without any callback, when the request cannot be sent at all (a bad header, a bad URL with server_name).
bool http_client_start(struct http_client *client, const struct http_request *request, struct error *err);

// Drops every transfer in flight; their done callbacks are not called. Not from inside a callback.
void http_client_cancel(struct http_client *client);

// The same for the transfers of one user alone.
void http_client_drop(struct http_client *client, const void *user);

size_t http_client_active(const struct http_client *client); // transfers in flight

// Moves bytes until at least one transfer has ended, somebody wakes it, or until the
// monotonic time; with nothing in flight it sleeps.
// True when it was woken.
bool http_client_wait(struct http_client *client, int64_t until_mono_ms);

// From any thread: ends the wait that goes on, or else the next one, at once.
void http_client_wake(struct http_client *client);

// Moves bytes until nothing is in flight (true) or until the monotonic time (false).
bool http_client_run(struct http_client *client, int64_t until_mono_ms);

// Whether the text is usable as a base URL (or as the URL of a proxy): http or https, a host, no user or password, no query, no fragment.
bool http_url_check(const char *url, struct error *err);

// Appends base URL and path with exactly one slash between them.
void http_url_join(struct buf *out, const char *base, const char *path);

// Appends the text with every byte outside the unreserved set percent-encoded.
void http_percent_encode(struct buf *out, struct view text);

// Appends name=value to a form body or query string, percent-encoded, after an & when something is there already.
void http_form_field(struct buf *out, const char *name, struct view value);

#endif
