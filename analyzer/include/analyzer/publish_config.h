// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a canary config tells the verdict to: its block `publish`. Lives in the config's arena.
#ifndef ANALYZER_PUBLISH_CONFIG_H
#define ANALYZER_PUBLISH_CONFIG_H

#include "analyzer/config.h"

enum publish_kind { PUBLISH_ALERTMANAGER, PUBLISH_WEBHOOK, PUBLISH_REMOTE_WRITE };

enum webhook_format {
    WEBHOOK_STANDARD,
    WEBHOOK_CLOUDEVENTS,        // structured
    WEBHOOK_CLOUDEVENTS_BINARY,
    WEBHOOK_CDEVENTS,           // 0.5
    WEBHOOK_CDEVENTS_0_4,
    WEBHOOK_SLACK,
    WEBHOOK_FORMATS,
};

enum publish_field { // what ${name} stands for in the template of a message
    PUBLISH_SUMMARY,
    PUBLISH_CANARY,
    PUBLISH_VERDICT,
    PUBLISH_SCORE,
    PUBLISH_EXIT_CODE,
    PUBLISH_REASON,
    PUBLISH_METRICS,
    PUBLISH_START,
    PUBLISH_END,
    PUBLISH_OWNER,
    PUBLISH_RUNBOOK,
    PUBLISH_LINK,
    PUBLISH_RUN_ID,
    PUBLISH_FIELDS,
};

extern const char *const publish_field_names[PUBLISH_FIELDS];

struct publish_part { // of a template
    const char *text; // as it is; NULL: the field
    enum publish_field field;
};

enum remote_write_protocol { REMOTE_WRITE_1, REMOTE_WRITE_2, REMOTE_WRITE_AUTO };

struct publish_target {
    enum publish_kind kind;
    const char *key;           // for messages: "publish.webhooks[0]"
    const char *url, *url_file; // exactly one of them; url_file only of webhooks
    const char *username, *password_file, *bearer_token_file, *tenant; // NULL: not given
    const char *ca_file, *cert_file, *key_file;
    struct name_values headers;
    struct name_values labels;  // put on every alert or series
    const char *group;          // of canaries that are told of together; NULL: none. Not of remote write
    int64_t resend_ms;          // Alertmanager: how often the analysis is repeated
    enum webhook_format format;
    enum remote_write_protocol protocol;
    struct publish_part *template_parts; // of a Slack message; NULL: the usual one
    size_t template_count;
    struct texts secret_files;  // webhook: it is signed with each of them
    struct texts on;            // webhook: verdicts and events to tell; none: all verdicts
};

#define PUBLISH_DEADLINE_MS INT64_C(10000)
#define PUBLISH_LONGEST_MS INT64_C(60000)

struct publish_config {
    struct publish_target *targets;
    size_t target_count;
    int64_t deadline_ms; // for all deliveries together
    const char *link;    // of a page about the run; NULL: none
};

#endif
