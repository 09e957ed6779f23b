// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a store for the tests of serin store: store_maker PATH DEAD PENDING. Analysis a1 is done, a2 is open; DEAD messages were given
// up and PENDING ones wait. Then says "ready" and stays the store's owner, writing on, until standard input ends.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/store.h"
#include "base/digest.h"

#define NOW INT64_C(1735691111000)

static void die(const char *text) {
    fprintf(stderr, "store_maker: %s\n", text);
    exit(1);
}

static void submit(struct store *store, struct store_batch *batch) {
    struct store_outcome outcome;
    if (!store_submit_wait(store, batch, &outcome)) die(outcome.err.text);
}

static void add_analysis(struct store_batch *batch, const char *id) {
    char hex[DIGEST_HEX_LEN + 1];
    const char *config = "canary: checkout-api\n";
    digest_hex(view_of(config), hex);
    store_batch_add_analysis(batch, &(struct store_analysis){.id = id,
                                                             .request_sha256 = hex,
                                                             .canary = "checkout-api",
                                                             .config = config,
                                                             .config_sha256 = hex,
                                                             .request = "{}",
                                                             .created_ms = NOW});
}

static void add_message(struct store_batch *batch, int number, int dead) {
    char id[32];
    snprintf(id, sizeof id, "m%d", number);
    store_batch_add_message(batch, &(struct store_message){.id = id,
                                                           .analysis = "a1",
                                                           .target = "hook \033[31m1",
                                                           .kind = "webhook",
                                                           .event = "verdict",
                                                           .body = {"secret body", 11},
                                                           .created_ms = NOW});
    if (number > dead) return;
    store_batch_attempt(batch, &(struct store_attempt){number, STORE_DEAD, NOW + 1000, 0, 410, "the receiver says \033[31mgone"});
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct store *store = argc == 4 ? store_open(argv[1], &(struct store_options){.create = true, .owner = true}, &err) : NULL;
    if (store == NULL) die(argc == 4 ? err.text : "usage: store_maker PATH DEAD PENDING");
    int dead = atoi(argv[2]), pending = atoi(argv[3]);
    struct store_batch *batch = store_batch_create();
    add_analysis(batch, "a1");
    add_analysis(batch, "a2");
    store_batch_change(batch, &(struct store_change){.id = "a1", .state = STORE_DONE, .verdict = "pass", .score = 100, .at_ms = NOW});
    for (int i = 1; i <= dead + pending; i++) {
        add_message(batch, i, dead);
        if (i % 1000 != 0) continue; // a batch has a bound
        submit(store, batch);
        batch = store_batch_create();
    }
    submit(store, batch);
    puts("ready");
    fflush(stdout);
    for (int i = 0; poll(&(struct pollfd){.fd = STDIN_FILENO, .events = POLLIN}, 1, 0) == 0; i++) {
        char key[32];
        snprintf(key, sizeof key, "%d", i);
        batch = store_batch_create();
        store_batch_memo(batch, "left", key, "1", NOW);
        store_batch_memo(batch, "right", key, "1", NOW);
        submit(store, batch);
    }
    store_close(store);
    return 0;
}
