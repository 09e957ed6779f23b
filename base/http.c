// SPDX-License-Identifier: GPL-3.0-or-later
// libcurl is told to follow no redirect: it would turn POST into GET and carry custom headers to other hosts. Same-origin
// redirects are followed here by adding the same easy handle again with the new URL.
#include "base/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "http_easy.h"
#include "http_error.h"
#include "lull.h"

#define MOST_HOPS 5
#define MOST_IDLE_HANDLES 32
#define MOST_CONNECTIONS 64L

struct transfer {
    struct transfer *next, **link; // *link is this transfer
    CURL *easy;
    struct http_lists lists;
    struct http_failure failure; // what went wrong, as far as only this file knows
    struct http_head head;
    bool compression;
    char keep[HTTP_KEPT][64];
    char encoding[16]; // that the request takes as it is
    bool redirects;    // the head sends us elsewhere: its body is a page for people
    int hops;
    int64_t idle_timeout_ms, last_byte_ms; // last_byte_ms is 0 before the first byte of body
    bool (*body_piece)(void *user, const struct http_head *head, const char *data, size_t len);
    void (*done)(void *user, const struct http_result *result);
    void *user;
};

struct http_client {
    CURLM *multi;
    struct transfer *transfers;
    size_t active, arriving;       // arriving: of which a part of the body is here
    CURL *idle[MOST_IDLE_HANDLES]; // easy handles to use again
    size_t idle_count;
    struct lull lull; // woken by http_client_wake()
};

static pthread_once_t curl_started = PTHREAD_ONCE_INIT;

static void start_curl(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) abort(); // only memory can be missing
}

struct http_client *http_client_create(void) {
    pthread_once(&curl_started, start_curl);
    struct http_client *client = mem_zero(1, sizeof *client);
    client->multi = curl_multi_init();
    if (client->multi == NULL) abort();
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, MOST_CONNECTIONS);
    lull_init(&client->lull);
    return client;
}

void http_client_destroy(struct http_client *client) {
    if (client == NULL) return;
    http_client_cancel(client);
    for (size_t i = 0; i < client->idle_count; i++) curl_easy_cleanup(client->idle[i]);
    curl_multi_cleanup(client->multi);
    lull_finish(&client->lull);
    free(client);
}

size_t http_client_active(const struct http_client *client) {
    return client->active;
}

static void transfer_destroy(struct http_client *client, struct transfer *t) {
    if (client->idle_count < MOST_IDLE_HANDLES) {
        curl_easy_reset(t->easy);
        client->idle[client->idle_count++] = t->easy;
    } else {
        curl_easy_cleanup(t->easy);
    }
    http_lists_finish(&t->lists);
    free(t);
}

static void transfer_unlink(struct http_client *client, struct transfer *t) {
    *t->link = t->next;
    if (t->next != NULL) t->next->link = t->link;
    client->active--;
}

static void transfer_link(struct http_client *client, struct transfer *t) {
    t->next = client->transfers;
    t->link = &client->transfers;
    if (t->next != NULL) t->next->link = &t->next;
    client->transfers = t;
    client->active++;
}

static void transfer_drop(struct http_client *client, struct transfer *t) {
    curl_multi_remove_handle(client->multi, t->easy);
    transfer_unlink(client, t);
    transfer_destroy(client, t);
}

void http_client_cancel(struct http_client *client) {
    while (client->transfers != NULL) transfer_drop(client, client->transfers);
}

void http_client_drop(struct http_client *client, const void *user) {
    for (struct transfer *t = client->transfers, *next; t != NULL; t = next) {
        next = t->next;
        if (t->user == user) transfer_drop(client, t);
    }
}

static void read_header(struct transfer *t, const char *name, char *ret_text, size_t size) {
    struct curl_header *header;
    ret_text[0] = '\0';
    if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return;
    size_t len = strlen(header->value);
    if (len >= size) len = size - 1;
    memcpy(ret_text, header->value, len);
    ret_text[len] = '\0';
}

static void read_head(struct transfer *t) {
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->head.status = (int)status;
    read_header(t, "Content-Type", t->head.content_type, sizeof t->head.content_type);
    if (status >= 400) read_header(t, "Retry-After", t->head.retry_after, sizeof t->head.retry_after);
    for (size_t i = 0; i < HTTP_KEPT; i++) {
        if (t->keep[i][0] != '\0') read_header(t, t->keep[i], t->head.kept[i], sizeof t->head.kept[i]);
    }
    char location[2] = "", encoding[32];
    if (status >= 300 && status <= 399) read_header(t, "Location", location, sizeof location);
    t->redirects = location[0] != '\0';
    read_header(t, "Content-Encoding", encoding, sizeof encoding);
    t->failure.encoded =
        !t->compression && encoding[0] != '\0' && strcasecmp(encoding, "identity") != 0 && strcasecmp(encoding, t->encoding) != 0;
}

// Where the answer sends us, absolute; NULL when it does not. Known only when the transfer has ended.
static const char *redirect_target(const struct transfer *t) {
    char *target = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &target);
    return target;
}

static size_t on_body(char *data, size_t size, size_t count, void *user) {
    struct transfer *t = user;
    size_t len = size * count;
    if (t->head.status == 0) read_head(t);
    if (t->redirects) return len;
    t->last_byte_ms = mono_now_ms();
    t->failure.bytes += len;
    if (t->failure.encoded) return 0;
    if (t->body_piece == NULL || t->body_piece(t->user, &t->head, data, len)) return len;
    t->failure.stopped = true;
    return 0;
}

static bool part_equal(CURLU *a, CURLU *b, CURLUPart part) {
    char *x = NULL, *y = NULL;
    bool equal = curl_url_get(a, part, &x, CURLU_DEFAULT_PORT) == CURLUE_OK && curl_url_get(b, part, &y, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                 strcasecmp(x, y) == 0;
    curl_free(x);
    curl_free(y);
    return equal;
}

static bool same_origin(const char *url, const char *other) {
    CURLU *a = curl_url(), *b = curl_url();
    bool same = curl_url_set(a, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_set(b, CURLUPART_URL, other, 0) == CURLUE_OK &&
                part_equal(a, b, CURLUPART_SCHEME) && part_equal(a, b, CURLUPART_HOST) && part_equal(a, b, CURLUPART_PORT);
    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return same;
}

// True when the transfer goes on at another place of the same server.
static bool follow(struct http_client *client, struct transfer *t, const char *target) {
    char *url = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
    int status = t->head.status;
    bool keeps_method = status == 301 || status == 302 || status == 307 || status == 308;
    if (!keeps_method || t->hops >= MOST_HOPS || url == NULL || !same_origin(url, target)) return false;
    char *copy = mem_strdup(target); // the handle owns the text it came from
    curl_easy_setopt(t->easy, CURLOPT_URL, copy);
    free(copy);
    t->hops++;
    t->head = (struct http_head){0};
    return curl_multi_add_handle(client->multi, t->easy) == CURLM_OK;
}

static void transfer_end(struct http_client *client, struct transfer *t, CURLcode code) {
    curl_multi_remove_handle(client->multi, t->easy);
    if (t->head.status == 0) read_head(t);
    const char *target = code == CURLE_OK ? redirect_target(t) : NULL;
    if (target != NULL && follow(client, t, target)) return;
    transfer_unlink(client, t);
    struct http_result result = {.head = &t->head, .bytes = t->failure.bytes, .stopped = t->failure.stopped};
    if (code == CURLE_OK && target == NULL && !t->failure.encoded) {
        result.complete = true;
    } else {
        t->failure.code = (int)code;
        t->failure.redirect = target;
        t->failure.hops = t->hops;
        http_failure_explain(&t->failure, t->easy, t->head.status, &result);
    }
    t->done(t->user, &result);
    transfer_destroy(client, t);
}

static size_t end_finished(struct http_client *client) {
    size_t ended = 0;
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        struct transfer *t = NULL;
        CURLcode code = message->data.result; // removing the handle takes the message away
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        size_t before = client->active;
        transfer_end(client, t, code);
        if (client->active != before) ended++;
    }
    return ended;
}

static size_t end_idle(struct http_client *client) {
    size_t ended = 0;
    int64_t now = mono_now_ms();
    client->arriving = 0;
    for (struct transfer *t = client->transfers, *next; t != NULL; t = next) {
        next = t->next;
        client->arriving += t->last_byte_ms != 0;
        if (t->last_byte_ms == 0 || now - t->last_byte_ms < t->idle_timeout_ms) continue;
        t->failure.idle_ms = t->idle_timeout_ms;
        transfer_end(client, t, CURLE_OPERATION_TIMEDOUT);
        ended++;
    }
    return ended;
}

// Sleeps until there is something to read or somebody wakes it.
static void sleep_until(struct http_client *client, int64_t most_ms) {
    int64_t from_us = mono_now_us();
    if (client->arriving == 0) lull_rest(&client->lull, lull_us(&client->lull, client->active));
    curl_multi_poll(client->multi, NULL, 0, most_ms > 500 ? 500 : (int)most_ms, NULL);
    lull_waited(&client->lull, mono_now_us() - from_us, client->active);
}

bool http_client_wait(struct http_client *client, int64_t until_mono_ms) {
    for (;;) {
        int running;
        size_t in_flight = client->active;
        curl_multi_perform(client->multi, &running);
        size_t ended = end_finished(client) + end_idle(client);
        bool woken = lull_take_wake(&client->lull);
        lull_answered(&client->lull, ended, in_flight);
        int64_t left = until_mono_ms - mono_now_ms();
        if (ended > 0 || woken || left <= 0) return woken;
        sleep_until(client, left);
    }
}

void http_client_wake(struct http_client *client) {
    lull_wake(&client->lull);
    curl_multi_wakeup(client->multi);
}

bool http_client_run(struct http_client *client, int64_t until_mono_ms) {
    while (client->active > 0 && mono_now_ms() < until_mono_ms) http_client_wait(client, until_mono_ms);
    return client->active == 0;
}

static long time_limit(int64_t ms, long by_default) {
    return ms > 0 ? (long)ms : by_default;
}

bool http_client_start(struct http_client *client, const struct http_request *request, struct error *err) {
    struct transfer *t = mem_zero(1, sizeof *t);
    t->easy = client->idle_count > 0 ? client->idle[--client->idle_count] : curl_easy_init();
    if (t->easy == NULL) abort();
    t->compression = request->compression;
    if (request->encoding != NULL) snprintf(t->encoding, sizeof t->encoding, "%s", request->encoding);
    for (size_t i = 0; i < HTTP_KEPT; i++) {
        if (request->keep[i] != NULL) snprintf(t->keep[i], sizeof t->keep[i], "%s", request->keep[i]);
    }
    t->idle_timeout_ms = time_limit(request->idle_timeout_ms, 15000L);
    t->body_piece = request->body_piece;
    t->done = request->done;
    t->user = request->user;
    t->failure.proxied = request->proxy != NULL;
    t->failure.timeout_ms = time_limit(request->timeout_ms, 30000L);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->failure.detail);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, time_limit(request->timeout_ms, 30000L));
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, time_limit(request->connect_timeout_ms, 10000L));
    bool ok = http_easy_setup(t->easy, request, &t->lists, err);
    if (ok && curl_multi_add_handle(client->multi, t->easy) != CURLM_OK) ok = error_set(err, ERROR_SOURCE, "cannot start a request");
    if (!ok) {
        transfer_destroy(client, t);
        return false;
    }
    transfer_link(client, t);
    return true;
}
