// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite_tidier.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "database.h"

struct sqlite_tidier {
    const char *path;
    struct database db; // of the thread; opened when first needed
    pthread_t thread;
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t woken;
    bool wanted, ending;
};

// What cannot be written back now is tried again after a later commit.
static void write_back(struct sqlite_tidier *t) {
    if (t->db.link == NULL && !database_open(&t->db, t->path, false, NULL)) return;
    sqlite3_wal_checkpoint_v2(t->db.link, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void *tidy(void *user) {
    struct sqlite_tidier *t = user;
    pthread_mutex_lock(&t->lock);
    while (!t->ending) {
        if (!t->wanted) {
            pthread_cond_wait(&t->woken, &t->lock);
            continue;
        }
        t->wanted = false;
        pthread_mutex_unlock(&t->lock);
        write_back(t);
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct sqlite_tidier *sqlite_tidier_start(const char *path) {
    struct sqlite_tidier *t = mem_zero(1, sizeof *t);
    t->path = path;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->woken, NULL);
    if (thread_start(&t->thread, tidy, t, NULL)) return t;
    pthread_cond_destroy(&t->woken);
    pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}

void sqlite_tidier_stop(struct sqlite_tidier *t) {
    if (t == NULL) return;
    pthread_mutex_lock(&t->lock);
    t->ending = true;
    pthread_cond_signal(&t->woken);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    database_close(&t->db);
    pthread_cond_destroy(&t->woken);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void sqlite_tidier_wake(struct sqlite_tidier *t) {
    pthread_mutex_lock(&t->lock);
    t->wanted = true;
    pthread_cond_signal(&t->woken);
    pthread_mutex_unlock(&t->lock);
}
