// SPDX-License-Identifier: GPL-3.0-or-later
// Private to base: what a request means in libcurl's options. Callbacks and time limits stay with the transfer (http.c).
#ifndef BASE_HTTP_EASY_H
#define BASE_HTTP_EASY_H

#include <curl/curl.h>

#include "base/http.h"

struct http_lists { // which libcurl borrows while the transfer runs
    struct curl_slist *headers, *connect_to;
};

// False when the request cannot be sent. The lists, which begin as zeroes, are to be finished in either case, after the transfer.
bool http_easy_setup(CURL *easy, const struct http_request *request, struct http_lists *lists, struct error *err);
void http_lists_finish(struct http_lists *lists);

#endif
