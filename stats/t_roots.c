// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/t_roots.h"

#include <math.h>

#include "stats/student_t.h"

double t_roots_upper(struct t_roots *roots, double p, double df) {
    if (roots == NULL) return student_t_upper_root(p, df);
    for (size_t i = 0; i < roots->count; i++) {
        if (roots->kept[i].p == p && roots->kept[i].df == df) return roots->kept[i].root;
    }
    double root = isinf(df) ? student_t_upper_root(p, df) : student_t_upper_root_from(p, df, t_roots_upper(roots, p, (double)INFINITY));
    if (roots->count < T_ROOTS_MOST) roots->kept[roots->count++] = (struct t_root){p, df, root};
    return root;
}
