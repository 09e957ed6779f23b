// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the store can be written. It is tried at most every two seconds, however often somebody asks.
#ifndef API_READINESS_H
#define API_READINESS_H

#include "analyzer/store.h"

struct readiness;

struct readiness *readiness_create(void);
void readiness_destroy(struct readiness *readiness); // fine with NULL

bool readiness_check(struct readiness *readiness, struct store *store, struct error *err); // blocks; any thread

#endif
