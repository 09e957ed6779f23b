// SPDX-License-Identifier: GPL-3.0-or-later
// What this process uses of the machine.
#ifndef BASE_PROCESS_USAGE_H
#define BASE_PROCESS_USAGE_H

#include <stdint.h>

struct process_usage { // 0: not known
    double cpu_s;      // of user and system
    uint64_t resident_bytes;
    uint64_t open_files, most_files;
};

struct process_usage process_usage_read(void); // from any thread; takes some 20 us

#endif
