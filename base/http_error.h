// SPDX-License-Identifier: GPL-3.0-or-later
// Private to base: why a transfer failed, in words for people. No text holds a path, a query, a header or a password.
#ifndef BASE_HTTP_ERROR_H
#define BASE_HTTP_ERROR_H

#include <curl/curl.h>

#include "base/http.h"

struct http_failure {
    int code;                     // CURLcode
    const char *redirect;         // target that was not followed, else NULL
    int hops;                     // redirects followed before
    bool stopped;                 // by the body callback
    bool proxied;                 // the request names a proxy
    bool encoded;                 // Content-Encoding nobody asked for
    int64_t timeout_ms;           // whole transfer
    int64_t idle_ms;              // not 0: no byte for so long
    uint64_t bytes;               // of body so far
    char detail[CURL_ERROR_SIZE]; // libcurl's words
};

// Fills err and temporary of the result.
void http_failure_explain(const struct http_failure *failure, CURL *easy, int status, struct http_result *result);

#endif
