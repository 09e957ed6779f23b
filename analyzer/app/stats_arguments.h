// SPDX-License-Identifier: GPL-3.0-or-later
// What follows `serin stats METHOD`: files or operands, the method's own options, and --output, --columns and --help.
#ifndef APP_STATS_ARGUMENTS_H
#define APP_STATS_ARGUMENTS_H

#include "base/error.h"
#include "stats_method.h"

struct stats_arguments {
    const char *files[2];
    size_t file_count;
    const double *typed; // numbers that stand in place of a file; NULL when there is none
    size_t typed_count;
    const char *columns; // of --columns; NULL
    bool json, help;
};

// Fills in the values of `call`, whose method and arena are set. False with err (ERROR_USAGE) for anything not understood.
bool stats_arguments_read(struct stats_call *call, int argc, char **argv, struct stats_arguments *ret, struct error *err);

// "fisher A B C D [OPTIONS]", behind "serin stats ".
void stats_usage(const struct stats_method *method, struct buf *out);

// The lines of --help that tell of operands and options.
void stats_arguments_help(const struct stats_method *method, struct buf *out);

#endif
