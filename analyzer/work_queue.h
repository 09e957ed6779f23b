// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that do what is put before them: urgent tasks first, each sort in the order it came. A task is embedded in what it is
// about.
#ifndef ANALYZER_WORK_QUEUE_H
#define ANALYZER_WORK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct work_task {
    void (*run)(struct work_task *task); // on a worker; the task may be put again, or freed, from within
    struct work_task *next;              // the queue's
};

struct work_queue;

struct work_queue *work_queue_create(size_t workers, struct error *err); // NULL with err when threads cannot be made

// Does what is queued, then ends the threads. Nobody may put anything any more, but for tasks themselves. Fine with NULL.
void work_queue_destroy(struct work_queue *queue);

void work_queue_put(struct work_queue *queue, struct work_task *task, bool urgent); // any thread

#endif
