// SPDX-License-Identifier: GPL-3.0-or-later
#include "http_easy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SMALL_BODY 1024 // libcurl never asks whether it may send one

static bool is_token(const char *text) {
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return *text != '\0' && strspn(text, allowed) == strlen(text);
}

static bool add_header(struct http_lists *lists, const char *name, const char *value, struct error *err) {
    if (!is_token(name)) return error_set(err, ERROR_CONFIG, "\"%s\" cannot be the name of an HTTP header", name);
    for (const char *p = value; *p != '\0'; p++) {
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f) {
            return error_set(err, ERROR_CONFIG, "the value of HTTP header %s holds a control character", name);
        }
    }
    struct buf line;
    buf_init(&line, 65536);
    buf_str(&line, name);
    buf_str(&line, *value != '\0' ? ": " : ";"); // curl's way to send an empty value
    buf_str(&line, value);
    bool fits = !line.failed;
    if (fits) {
        struct curl_slist *list = curl_slist_append(lists->headers, buf_text(&line));
        if (list == NULL) abort();
        lists->headers = list;
    }
    buf_finish(&line);
    return fits || error_set(err, ERROR_CONFIG, "the value of HTTP header %s is longer than 64 KiB", name);
}

static bool set_headers(CURL *easy, const struct http_request *request, struct http_lists *lists, struct error *err) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (!add_header(lists, request->headers[i].name, request->headers[i].value, err)) return false;
    }
    if (request->bearer != NULL) {
        struct buf value;
        buf_init(&value, 65536);
        buf_printf(&value, "Bearer %s", request->bearer);
        bool ok = add_header(lists, "Authorization", buf_text(&value), err);
        buf_finish(&value);
        if (!ok) return false;
    }
    if (request->body.len > SMALL_BODY && request->aws_sigv4 == NULL) {         // libcurl would sign this header, which is not sent
        struct curl_slist *list = curl_slist_append(lists->headers, "Expect:"); // no round trip before the body
        if (list == NULL) abort();
        lists->headers = list;
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lists->headers);
    return true;
}

static bool is_loopback(const char *url) {
    const char *scheme_end = strstr(url, "://"), *host = scheme_end != NULL ? scheme_end + 3 : url;
    size_t len = strcspn(host, ":/?#");
    return (len == 9 && strncasecmp(host, "localhost", len) == 0) || strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0;
}

// A proxy that was configured is used for every host but those of no_proxy; one from the environment never for this machine.
static void set_proxy(CURL *easy, const struct http_request *request) {
    if (request->proxy != NULL) curl_easy_setopt(easy, CURLOPT_PROXY, request->proxy);
    if (request->no_proxy != NULL) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, request->no_proxy);
    } else if (request->proxy != NULL) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); // else the environment's list would count
    } else if (is_loopback(request->url)) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    }
}

// The same server under the name its certificate has, with the Host header left as it was.
static bool rename_server(CURL *easy, const struct http_request *request, struct http_lists *lists, struct error *err) {
    CURLU *parts = curl_url();
    char *host = NULL, *port = NULL, *url = NULL;
    struct buf text;
    buf_init(&text, 8192);
    bool ok = curl_url_set(parts, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
              curl_url_set(parts, CURLUPART_HOST, request->server_name, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_URL, &url, 0) == CURLUE_OK;
    if (ok) {
        buf_printf(&text, "%s:%s:%s:%s", request->server_name, port, host, port);
        lists->connect_to = curl_slist_append(NULL, buf_text(&text));
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, lists->connect_to);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        buf_clear(&text);
        buf_printf(&text, "%s:%s", host, port);
        ok = add_header(lists, "Host", buf_text(&text), err);
    } else {
        error_set(err, ERROR_CONFIG, "not a usable URL");
    }
    buf_finish(&text);
    curl_free(host);
    curl_free(port);
    curl_free(url);
    curl_url_cleanup(parts);
    return ok;
}

// libcurl takes the URL apart itself; here it would be done a second time for each request.
static bool set_url(CURL *easy, const struct http_request *request, struct http_lists *lists, struct error *err) {
    set_proxy(easy, request);
    if (request->server_name != NULL) return rename_server(easy, request, lists, err);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    return true;
}

static void set_tls(CURL *easy, const struct http_request *request) {
    if (request->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); // else every authority of the system would do too
    }
    if (request->cert_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLCERT, request->cert_file);
    if (request->key_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLKEY, request->key_file);
    if (request->insecure_skip_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_user(CURL *easy, const struct http_request *request) {
    if (request->username == NULL) return;
    if (request->aws_sigv4 != NULL) {
        curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, request->aws_sigv4);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    }
    curl_easy_setopt(easy, CURLOPT_USERNAME, request->username);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password != NULL ? request->password : "");
}

static void set_body(CURL *easy, const struct http_request *request) {
    if (request->body.ptr != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.ptr);
    }
    if (request->method != NULL) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

bool http_easy_setup(CURL *easy, const struct http_request *request, struct http_lists *lists, struct error *err) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "serin/" SERIN_VERSION);
    if (request->compression) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    set_body(easy, request);
    set_user(easy, request);
    set_tls(easy, request);
    return set_url(easy, request, lists, err) && set_headers(easy, request, lists, err);
}

void http_lists_finish(struct http_lists *lists) {
    curl_slist_free_all(lists->headers);
    curl_slist_free_all(lists->connect_to);
}
