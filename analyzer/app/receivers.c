// SPDX-License-Identifier: GPL-3.0-or-later
// The publish block of a config, once the verdict is out.
#include "base/timetext.h"
#include "command.h"
#include "exporters/deliver.h"

void tell_receivers(struct view text, const struct options *options, const json_t *result, struct arena *arena) {
    struct findings findings;
    struct canary_config config;
    if (options->recorded_dir != NULL) return; // nothing has happened now
    findings_init(&findings, arena);
    bool read = config_read(text, options->operands[0], &options->overrides, arena, &findings, &config);
    findings_finish(&findings);
    if (!read || config.publish == NULL) return;
    struct deliver_options how = {.now_ms = wall_now_ms(), .interrupted = watch_interrupts(), .say = tell_warning};
    deliver(config.publish, result, &how);
}
