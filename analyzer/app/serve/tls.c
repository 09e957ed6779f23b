// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP library would keep its first certificate and key for as long as it runs, and would ask for client certificates without insisting
// on them. So each session gets credentials of ours in place of the library's.
#include "serve/tls.h"

#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"

#define MOST_PEM_BYTES ((size_t)1 << 20)

struct tls_keys {
    gnutls_certificate_credentials_t credentials;
    size_t users; // sessions that use them, and one while they are the current ones
};

struct tls {
    char *cert_file, *key_file, *client_ca_file;
    char *cert, *key;
    pthread_mutex_t lock; // guards current and every `users`
    struct tls_keys *current;
};

static void drop(struct tls_keys *keys) {
    if (keys == NULL || --keys->users > 0) return;
    gnutls_certificate_free_credentials(keys->credentials);
    free(keys);
}

static bool read_trust(const struct tls *tls, struct tls_keys *keys, struct arena *arena, struct error *err) {
    struct view text;
    if (tls->client_ca_file == NULL) return true;
    if (!file_read(tls->client_ca_file, MOST_PEM_BYTES, arena, &text, err)) return error_prefix(err, "client CA");
    gnutls_datum_t datum = {(unsigned char *)arena_strndup(arena, text.ptr, text.len), (unsigned)text.len};
    int count = gnutls_certificate_set_x509_trust_mem(keys->credentials, &datum, GNUTLS_X509_FMT_PEM);
    return count > 0 || error_set(err, ERROR_CONFIG, "client CA %s: no certificate in PEM", tls->client_ca_file);
}

static bool read_pair(const struct tls *tls, struct tls_keys *keys, struct arena *arena, struct view *ret_cert, struct view *ret_key,
                      struct error *err) {
    if (!file_read(tls->cert_file, MOST_PEM_BYTES, arena, ret_cert, err)) return error_prefix(err, "certificate");
    if (!file_read(tls->key_file, MOST_PEM_BYTES, arena, ret_key, err)) return error_prefix(err, "key");
    gnutls_datum_t cert = {(unsigned char *)arena_strndup(arena, ret_cert->ptr, ret_cert->len), (unsigned)ret_cert->len};
    gnutls_datum_t key = {(unsigned char *)arena_strndup(arena, ret_key->ptr, ret_key->len), (unsigned)ret_key->len};
    int failed = gnutls_certificate_set_x509_key_mem(keys->credentials, &cert, &key, GNUTLS_X509_FMT_PEM);
    if (failed >= 0) return true;
    return error_set(err, ERROR_CONFIG, "certificate %s with key %s: %s", tls->cert_file, tls->key_file, gnutls_strerror(failed));
}

// NULL with err. The texts are in the arena.
static struct tls_keys *read_keys(const struct tls *tls, struct arena *arena, struct view *ret_cert, struct view *ret_key,
                                  struct error *err) {
    struct tls_keys *keys = mem_zero(1, sizeof *keys);
    keys->users = 1;
    if (gnutls_certificate_allocate_credentials(&keys->credentials) != 0) abort(); // memory is out
    if (read_pair(tls, keys, arena, ret_cert, ret_key, err) && read_trust(tls, keys, arena, err)) return keys;
    drop(keys);
    return NULL;
}

struct tls *tls_create(const char *cert_file, const char *key_file, const char *client_ca_file, struct error *err) {
    struct tls *tls = mem_zero(1, sizeof *tls);
    struct arena arena = {0};
    struct view cert = {"", 0}, key = {"", 0};
    pthread_mutex_init(&tls->lock, NULL);
    tls->cert_file = mem_strdup(cert_file);
    tls->key_file = mem_strdup(key_file);
    tls->client_ca_file = mem_strdup(client_ca_file);
    tls->current = read_keys(tls, &arena, &cert, &key, err);
    tls->cert = mem_strndup(cert.ptr, cert.len);
    tls->key = mem_strndup(key.ptr, key.len);
    arena_finish(&arena);
    if (tls->current != NULL) return tls;
    tls_destroy(tls);
    return NULL;
}

void tls_destroy(struct tls *tls) {
    if (tls == NULL) return;
    drop(tls->current);
    pthread_mutex_destroy(&tls->lock);
    free(tls->cert_file);
    free(tls->key_file);
    free(tls->client_ca_file);
    free(tls->cert);
    free(tls->key);
    free(tls);
}

bool tls_reload(struct tls *tls, struct error *err) {
    struct arena arena = {0};
    struct view cert, key;
    struct tls_keys *keys = read_keys(tls, &arena, &cert, &key, err);
    arena_finish(&arena);
    if (keys == NULL) return false;
    pthread_mutex_lock(&tls->lock);
    drop(tls->current);
    tls->current = keys;
    pthread_mutex_unlock(&tls->lock);
    return true;
}

char *tls_cert(const struct tls *tls) {
    return tls->cert;
}

char *tls_key(const struct tls *tls) {
    return tls->key;
}

struct tls_keys *tls_begin(struct tls *tls, void *session) {
    pthread_mutex_lock(&tls->lock);
    struct tls_keys *keys = tls->current;
    keys->users++;
    pthread_mutex_unlock(&tls->lock);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, keys->credentials);
    if (tls->client_ca_file != NULL) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(session, NULL, 0);
    }
    return keys;
}

void tls_end(struct tls *tls, struct tls_keys *keys) {
    pthread_mutex_lock(&tls->lock);
    drop(keys);
    pthread_mutex_unlock(&tls->lock);
}
