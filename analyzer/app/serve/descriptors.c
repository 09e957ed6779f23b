// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/descriptors.h"

#include <sys/resource.h>

#define LEAST_OTHERS 64
#define MOST_RAISED ((rlim_t)65536) // where the limit is higher than anybody needs

size_t descriptors_for_clients(size_t descriptors) {
    size_t others = descriptors / 4 > LEAST_OTHERS ? descriptors / 4 : LEAST_OTHERS;
    return descriptors > others + 1 ? descriptors - others : 1;
}

size_t descriptors_raise(size_t connections) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
    if (limit.rlim_cur != RLIM_INFINITY && descriptors_for_clients((size_t)limit.rlim_cur) < connections) {
        struct rlimit more = {limit.rlim_max < MOST_RAISED ? limit.rlim_max : MOST_RAISED, limit.rlim_max};
        if (more.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &more) == 0) limit = more;
    }
    if (limit.rlim_cur == RLIM_INFINITY) return connections;
    size_t most = descriptors_for_clients((size_t)limit.rlim_cur);
    return connections < most ? connections : most;
}
