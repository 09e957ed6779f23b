// SPDX-License-Identifier: GPL-3.0-or-later
// Processor time and limits are POSIX; memory and open files are told by /proc, which is Linux's.
#include "base/process_usage.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double cpu_s(void) {
    struct timespec spent;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) == 0 ? (double)spent.tv_sec + (double)spent.tv_nsec / 1e9 : 0;
}

static uint64_t resident_bytes(void) {
    unsigned long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%lu %lu", &all, &resident) != 2) resident = 0;
    fclose(file);
    long page = sysconf(_SC_PAGESIZE);
    return page > 0 ? resident * (uint64_t)page : 0;
}

static uint64_t open_files(void) {
    uint64_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) return 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) count += entry->d_name[0] != '.';
    closedir(dir);
    return count > 0 ? count - 1 : 0; // without the directory itself
}

static uint64_t most_files(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : 0;
}

struct process_usage process_usage_read(void) {
    return (struct process_usage){cpu_s(), resident_bytes(), open_files(), most_files()};
}
