// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/errors.h"

#include <gsl/gsl_errno.h>

void stats_errors_off(void) {
    gsl_set_error_handler_off();
}
