// SPDX-License-Identifier: GPL-3.0-or-later
#include "look_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/tar.h"
#include "query/transcript.h"
#include "run_record.h"

#define MOST_PRIORS_BYTES ((size_t)8 << 20)

struct look_writer {
    struct buf *out;
    const char *folder;
    struct buf index, body; // of the file at hand
    size_t files;
    int64_t now_ms;
};

static void add_file(struct look_writer *w, const char *name, const struct buf *content) {
    char path[TAR_NAME_LEN + 1];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    tar_add(w->out, path, w->now_ms, (struct view){buf_text(content), content->len});
}

static void next_name(struct look_writer *w, char *ret, size_t size) {
    snprintf(ret, size, "%05zu.body", ++w->files);
    buf_clear(&w->body);
}

static bool add_answer(struct look_writer *w, const struct fetch_job *job, struct error *err) {
    char name[32];
    next_name(w, name, sizeof name);
    if (!transcript_answer(&w->index, &w->body, job, name, err)) return false;
    if (w->body.len > 0) add_file(w, name, &w->body);
    return true;
}

static bool add_version(struct look_writer *w, const char *source, const struct source_facts *facts, struct error *err) {
    char name[32];
    const char *detected = facts->detected != NULL ? facts->detected : "";
    if (facts->version[0] == '\0' && detected[0] == '\0') return true;
    next_name(w, name, sizeof name);
    if (!transcript_version(&w->index, &w->body, source, facts->version, detected, name, err)) return false;
    add_file(w, name, &w->body);
    return true;
}

bool look_record_add(struct buf *out, const char *name, const struct plan_answers *fetched, int64_t now_ms, struct error *err) {
    struct look_writer w = {.out = out, .folder = name, .now_ms = now_ms};
    bool ok = true;
    buf_init(&w.index, out->limit);
    buf_init(&w.body, out->limit);
    for (size_t i = 0; ok && i < fetched->job_count; i++) ok = add_answer(&w, &fetched->jobs[i], err) && !out->failed;
    for (size_t i = 0; ok && i < fetched->source_count; i++)
        ok = add_version(&w, source_name(fetched->sources[i]), &fetched->facts[i], err);
    if (ok) add_file(&w, "answers.jsonl", &w.index);
    if (out->failed) ok = error_set(err, ERROR_LIMIT, "the answers are larger than %zu MiB", out->limit >> 20);
    buf_finish(&w.index);
    buf_finish(&w.body);
    return ok;
}

static void add_priors(struct buf *out, const struct judge_config *judge, int64_t now_ms) {
    struct arena arena = {0};
    struct view text;
    struct error err;
    char digest[DIGEST_HEX_LEN + 1];
    if (file_read(judge->priors, MOST_PRIORS_BYTES, &arena, &text, &err)) {
        digest_hex(text, digest);
        if (strcmp(digest, judge->priors_sha256) == 0) tar_add(out, "priors.yaml", now_ms, text);
    }
    arena_finish(&arena);
}

void look_record_add_run(struct buf *out, const struct canary_config *config, struct view text, const struct analysis_options *options,
                         int64_t now_ms) {
    char *run = run_record_text(config->file, options);
    tar_add(out, "run.json", now_ms, view_of(run));
    tar_add(out, "canary.yaml", now_ms, text);
    if (config->judge.priors != NULL) add_priors(out, &config->judge, now_ms);
    free(run);
}
