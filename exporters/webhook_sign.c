// SPDX-License-Identifier: GPL-3.0-or-later
#include "webhook_sign.h"

#include <inttypes.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <string.h>

enum { LEAST_KEY = 24, MOST_KEY = 64, MOST_TEXT = 128 };

static void wipe(void *bytes, size_t len) {
    for (volatile char *p = bytes; len > 0; len--) *p++ = 0;
}

static bool read_key(const char *secret, uint8_t *key, size_t *ret_len) {
    static const char prefix[] = "whsec_";
    struct base64_decode_ctx state;
    if (strncmp(secret, prefix, sizeof prefix - 1) != 0) return false;
    const char *text = secret + sizeof prefix - 1;
    size_t text_len = strlen(text), len = BASE64_DECODE_LENGTH(MOST_TEXT);
    if (text_len > MOST_TEXT) return false;
    base64_decode_init(&state);
    bool good = base64_decode_update(&state, &len, key, text_len, text) != 0 && base64_decode_final(&state) != 0;
    *ret_len = len;
    return good && len >= LEAST_KEY && len <= MOST_KEY;
}

bool webhook_sign(struct buf *out, const char *secret, const char *id, int64_t time_s, struct view body, struct error *err) {
    uint8_t key[BASE64_DECODE_LENGTH(MOST_TEXT)], mac[SHA256_DIGEST_SIZE];
    char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
    size_t key_len;
    struct hmac_sha256_ctx state;
    if (!read_key(secret, key, &key_len)) {
        wipe(key, sizeof key);
        return error_set(err, ERROR_CONFIG, "the secret is not \"whsec_\" and the base64 of %d to %d bytes", LEAST_KEY, MOST_KEY);
    }
    struct buf time;
    buf_init(&time, 64);
    buf_printf(&time, ".%" PRId64 ".", time_s);
    hmac_sha256_set_key(&state, key_len, key);
    hmac_sha256_update(&state, strlen(id), (const uint8_t *)id);
    hmac_sha256_update(&state, time.len, (const uint8_t *)buf_text(&time));
    hmac_sha256_update(&state, body.len, (const uint8_t *)body.ptr);
    hmac_sha256_digest(&state, sizeof mac, mac);
    base64_encode_raw(text, sizeof mac, mac);
    if (out->len > 0) buf_char(out, ' ');
    buf_str(out, "v1,");
    buf_bytes(out, text, sizeof text);
    wipe(key, sizeof key);
    wipe(&state, sizeof state);
    buf_finish(&time);
    return true;
}
