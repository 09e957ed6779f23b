// SPDX-License-Identifier: GPL-3.0-or-later
// Own words for the failures people meet, because libcurl's hold times and addresses that differ from run to run.
#include "http_error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// scheme://host:port of a URL, nothing else of it.
static void origin_of(const char *url, struct buf *out) {
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    if (url != NULL && curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        buf_printf(out, "%s://%s", scheme, host);
        if (curl_url_get(parts, CURLUPART_PORT, &port, 0) == CURLUE_OK) buf_printf(out, ":%s", port);
    } else {
        buf_str(out, "the server");
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
}

static bool is_temporary(CURLcode code) {
    static const CURLcode codes[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
        CURLE_COULDNT_CONNECT,      CURLE_OPERATION_TIMEDOUT,
        CURLE_GOT_NOTHING,          CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,           CURLE_SSL_CONNECT_ERROR,
        CURLE_PARTIAL_FILE,         CURLE_HTTP2,
        CURLE_HTTP2_STREAM,
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] == code) return true;
    }
    return false;
}

static bool is_tls(CURLcode code) {
    static const CURLcode codes[] = {
        CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_CIPHER,        CURLE_SSL_ISSUER_ERROR,         CURLE_SSL_CLIENTCERT,  CURLE_SSL_ENGINE_INITFAILED,
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] == code) return true;
    }
    return false;
}

// The words of an alert that the server sent, such as "tlsv13 alert certificate required", without OpenSSL's codes; NULL when the
// text tells of none. `detail` is cut to end with them.
static const char *alert_of(char *detail) {
    const char *routine = strstr(detail, "SSL routines:");
    if (routine == NULL || strstr(routine, " alert ") == NULL) return NULL;
    const char *words = strrchr(routine, ':') + 1;
    char *end = strstr(detail, ", errno");
    if (end != NULL) *end = '\0';
    return words;
}

static void explain_redirect(const struct http_failure *f, const char *origin, int status, struct error *err) {
    struct buf target;
    buf_init(&target, 4096);
    origin_of(f->redirect, &target);
    if (f->hops > 0 && strcmp(origin, buf_text(&target)) == 0) {
        error_set(err, ERROR_SOURCE, "%s redirects in circles (%d times)", origin, f->hops);
    } else {
        error_set(err, ERROR_SOURCE, "%s answered %d with a redirect to %s, which is not followed: give the URL that answers itself",
                  origin, status, buf_text(&target));
    }
    buf_finish(&target);
}

static void explain_timeout(const struct http_failure *f, const char *origin, struct error *err) {
    if (f->idle_ms > 0) {
        error_set(err, ERROR_SOURCE, "the answer of %s stalled after %" PRIu64 " bytes (nothing for %g s)", origin, f->bytes,
                  (double)f->idle_ms / 1000);
    } else if (f->bytes > 0) {
        error_set(err, ERROR_SOURCE, "the answer of %s was not complete within %g s (%" PRIu64 " bytes came)", origin,
                  (double)f->timeout_ms / 1000, f->bytes);
    } else {
        error_set(err, ERROR_SOURCE, "no answer from %s within %g s", origin, (double)f->timeout_ms / 1000);
    }
}

static void explain_code(const struct http_failure *f, CURL *easy, const char *origin, const char *alert, struct error *err) {
    CURLcode code = (CURLcode)f->code;
    const char *detail = f->detail[0] != '\0' ? f->detail : curl_easy_strerror(code);
    long os_error = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
    if (alert != NULL) {
        error_set(err, ERROR_SOURCE, "TLS with %s failed: the server says %s", origin, alert);
    } else if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY) {
        error_set(err, ERROR_SOURCE, "%s: no such host%s", origin, code == CURLE_COULDNT_RESOLVE_PROXY ? " (the proxy's)" : "");
    } else if (code == CURLE_COULDNT_CONNECT) {
        error_set(err, ERROR_SOURCE, "cannot connect to %s%s: %s", origin, f->proxied ? " through the proxy" : "",
                  os_error != 0 ? strerror((int)os_error) : "connection refused");
    } else if (code == CURLE_PROXY || strncmp(detail, "CONNECT tunnel failed", 21) == 0) {
        error_set(err, ERROR_SOURCE, "the proxy gave no way to %s: %s", origin, detail);
    } else if (code == CURLE_PARTIAL_FILE || (code == CURLE_RECV_ERROR && f->bytes > 0)) {
        error_set(err, ERROR_SOURCE, "the answer of %s was cut off after %" PRIu64 " bytes", origin, f->bytes);
    } else if (code == CURLE_GOT_NOTHING) {
        error_set(err, ERROR_SOURCE, "%s closed the connection without an answer", origin);
    } else if (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR) {
        error_set(err, ERROR_SOURCE, "the connection to %s was reset", origin);
    } else if (is_tls(code)) {
        error_set(err, ERROR_SOURCE, "TLS with %s failed: %s", origin, detail);
    } else if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY) {
        error_set(err, ERROR_SOURCE, "%s does not speak HTTP", origin);
    } else {
        error_set(err, ERROR_SOURCE, "the request to %s failed: %s", origin, detail);
    }
}

void http_failure_explain(const struct http_failure *failure, CURL *easy, int status, struct http_result *result) {
    char *url = NULL;
    struct buf origin;
    buf_init(&origin, 4096);
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    origin_of(url, &origin);
    const char *from = buf_text(&origin);
    char detail[CURL_ERROR_SIZE];
    memcpy(detail, failure->detail, sizeof detail);
    const char *alert = alert_of(detail);
    if (failure->redirect != NULL) {
        explain_redirect(failure, from, status, &result->err);
    } else if (failure->encoded) {
        error_set(&result->err, ERROR_SOURCE, "%s sent a Content-Encoding that was not asked for", from);
    } else if (failure->stopped) {
        error_set(&result->err, ERROR_SOURCE, "the answer of %s was stopped after %" PRIu64 " bytes", from, failure->bytes);
    } else if (failure->code == CURLE_OPERATION_TIMEDOUT) {
        explain_timeout(failure, from, &result->err);
    } else {
        explain_code(failure, easy, from, alert, &result->err);
    }
    result->temporary = failure->redirect == NULL && alert == NULL && failure->bytes == 0 && is_temporary((CURLcode)failure->code);
    buf_finish(&origin);
}
