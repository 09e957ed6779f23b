// SPDX-License-Identifier: GPL-3.0-or-later
// Whose store in PostgreSQL it is. The owner holds an advisory lock of the database on a connection of its own, which a thread watches,
// and has numbered its ownership: the epoch, which each of its transactions asks for. So one that was cut off cannot write any more once
// another one has taken over, whatever it believes.
#ifndef ANALYZER_PG_OWNER_H
#define ANALYZER_PG_OWNER_H

#include "analyzer/store.h"
#include "pg_link.h"

#define PG_LOCKS "1936028270" // the first number of serin's advisory locks; the second: 1 of the owner, 2 of a transaction that writes

// Whether the server keeps what it acknowledges, and everything of a text. ERROR_USAGE when not.
bool pg_server_check(struct pg_link *link, struct error *err);

struct pg_owner;

// Makes or updates the tables where that is needed. NULL with err: ERROR_USAGE while there is another owner, and *ret_taken set then. What
// options say of losing it is called on the owner's thread.
struct pg_owner *pg_owner_take(const struct pg_place *place, const struct store_options *options, bool *ret_taken, struct error *err);
void pg_owner_release(struct pg_owner *owner); // fine with NULL

int64_t pg_owner_epoch(const struct pg_owner *owner);

// Whether the lock is held now; while the server is away it is not, and err says why. *ret_lost: another one has taken over, for good.
bool pg_owner_holds(struct pg_owner *owner, bool *ret_lost, struct error *err);

// Ends the ownership for a reason that the store found itself.
void pg_owner_lose(struct pg_owner *owner, const char *why);

#endif
