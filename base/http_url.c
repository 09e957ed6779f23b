// SPDX-License-Identifier: GPL-3.0-or-later
// URLs and form bodies, without any transfer.
#include <curl/curl.h>

#include "base/http.h"

static bool url_has(CURLU *parts, CURLUPart part) {
    char *text = NULL;
    bool has = curl_url_get(parts, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

// Why the URL cannot be a base URL, NULL when it can. The texts never repeat the URL: it may hold a password.
static const char *url_fault(CURLU *parts, const char *url) {
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return "not a URL such as http://host:9090";
    if (url_has(parts, CURLUPART_USER) || url_has(parts, CURLUPART_PASSWORD)) {
        return "holds a user or a password: give those by their own settings";
    }
    if (url_has(parts, CURLUPART_QUERY) || url_has(parts, CURLUPART_FRAGMENT)) return "must not have a query or a fragment";
    char *scheme = NULL;
    bool known = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 (view_is(view_of(scheme), "http") || view_is(view_of(scheme), "https"));
    curl_free(scheme);
    return known ? NULL : "must begin with http:// or https://";
}

bool http_url_check(const char *url, struct error *err) {
    CURLU *parts = curl_url();
    const char *fault = url_fault(parts, url);
    curl_url_cleanup(parts);
    return fault == NULL || error_set(err, ERROR_CONFIG, "url: %s", fault);
}

void http_url_join(struct buf *out, const char *base, const char *path) {
    struct view head = view_of(base);
    while (head.len > 0 && head.ptr[head.len - 1] == '/') head.len--;
    while (*path == '/') path++;
    buf_bytes(out, head.ptr, head.len);
    buf_char(out, '/');
    buf_str(out, path);
}

void http_percent_encode(struct buf *out, struct view text) {
    static const char hex[] = "0123456789ABCDEF";
    size_t from = 0; // of what needs no code
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
            continue;
        const char code[3] = {'%', hex[c >> 4], hex[c & 15]};
        buf_bytes(out, text.ptr + from, i - from);
        buf_bytes(out, code, sizeof code);
        from = i + 1;
    }
    buf_bytes(out, text.ptr + from, text.len - from);
}

void http_form_field(struct buf *out, const char *name, struct view value) {
    if (out->len > 0) buf_char(out, '&');
    http_percent_encode(out, view_of(name));
    buf_char(out, '=');
    http_percent_encode(out, value);
}
