// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/catalog.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog_read.h"

struct shelf { // a reading that somebody holds
    struct catalog_reading reading;
    size_t holders;
    struct shelf *next;
};

struct catalog {
    char *dir;
    pthread_mutex_t reloading; // held while the directory is read, so that an older reading never replaces a newer one
    pthread_mutex_t lock;      // guards shelves and their holders
    struct shelf *shelves;     // the first one is what was read last and has one holder more
};

static void shelf_destroy(struct shelf *shelf) {
    arena_finish(&shelf->reading.arena);
    free(shelf);
}

static struct shelf *read_shelf(struct catalog *catalog, int64_t now_ms, struct error *err) {
    const struct catalog_view *before = catalog->shelves != NULL ? catalog_take(catalog) : NULL;
    struct shelf *shelf = mem_zero(1, sizeof *shelf);
    shelf->holders = 1;
    bool ok = catalog_read(catalog->dir, before, now_ms, &shelf->reading, err);
    catalog_release(catalog, before);
    if (ok) return shelf;
    shelf_destroy(shelf);
    return NULL;
}

struct catalog *catalog_open(const char *dir, int64_t now_ms, struct error *err) {
    struct catalog *catalog = mem_zero(1, sizeof *catalog);
    catalog->dir = mem_strdup(dir);
    pthread_mutex_init(&catalog->reloading, NULL);
    pthread_mutex_init(&catalog->lock, NULL);
    catalog->shelves = read_shelf(catalog, now_ms, err);
    if (catalog->shelves != NULL) return catalog;
    catalog_close(catalog);
    return NULL;
}

void catalog_close(struct catalog *catalog) {
    if (catalog == NULL) return;
    while (catalog->shelves != NULL) {
        struct shelf *shelf = catalog->shelves;
        catalog->shelves = shelf->next;
        shelf_destroy(shelf);
    }
    pthread_mutex_destroy(&catalog->lock);
    pthread_mutex_destroy(&catalog->reloading);
    free(catalog->dir);
    free(catalog);
}

const struct catalog_view *catalog_take(struct catalog *catalog) {
    pthread_mutex_lock(&catalog->lock);
    struct shelf *shelf = catalog->shelves;
    shelf->holders++;
    pthread_mutex_unlock(&catalog->lock);
    return &shelf->reading.view;
}

// Takes the shelf with that view out of the list when nobody holds it any more. The lock is held.
static struct shelf *let_go(struct catalog *catalog, const struct catalog_view *view) {
    struct shelf **at = &catalog->shelves;
    while (&(*at)->reading.view != view) at = &(*at)->next;
    struct shelf *shelf = *at;
    if (--shelf->holders > 0) return NULL;
    *at = shelf->next;
    return shelf;
}

void catalog_release(struct catalog *catalog, const struct catalog_view *view) {
    if (view == NULL) return;
    pthread_mutex_lock(&catalog->lock);
    struct shelf *shelf = let_go(catalog, view);
    pthread_mutex_unlock(&catalog->lock);
    if (shelf != NULL) shelf_destroy(shelf);
}

bool catalog_reload(struct catalog *catalog, int64_t now_ms, struct error *err) {
    pthread_mutex_lock(&catalog->reloading);
    struct shelf *shelf = read_shelf(catalog, now_ms, err), *old = NULL;
    if (shelf != NULL) {
        pthread_mutex_lock(&catalog->lock);
        const struct catalog_view *before = &catalog->shelves->reading.view;
        shelf->next = catalog->shelves;
        catalog->shelves = shelf;
        old = let_go(catalog, before);
        pthread_mutex_unlock(&catalog->lock);
    }
    pthread_mutex_unlock(&catalog->reloading);
    if (old != NULL) shelf_destroy(old);
    return shelf != NULL;
}

bool catalog_is_outdated(struct catalog *catalog) {
    char state[65];
    if (!catalog_read_state(catalog->dir, state, NULL)) return true; // reading it tells why
    pthread_mutex_lock(&catalog->lock);
    bool same = strcmp(state, catalog->shelves->reading.state) == 0;
    pthread_mutex_unlock(&catalog->lock);
    return !same;
}

const struct catalog_entry *catalog_find(const struct catalog_view *view, const char *name) {
    for (size_t low = 0, high = view->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(view->entries[middle]->name, name);
        if (order == 0) return view->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = 0; i < view->count; i++) {
        if (strcmp(view->entries[i]->stem, name) == 0) return view->entries[i];
    }
    return NULL;
}

const char *catalog_var_among(const struct texts *texts, const struct name_values *vars) {
    for (size_t i = 0; i < vars->count; i++) {
        for (size_t k = 0; k < texts->count; k++) {
            if (strcmp(vars->items[i].name, texts->items[k]) == 0) return vars->items[i].name;
        }
    }
    return NULL;
}
