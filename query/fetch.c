// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the queries of all sources over one HTTP client, in one thread: a queue per run, a count of transfers per source,
// a due time per query that waits for its next try. Nothing of a failed try is left when the next one begins.
#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/mem.h"
#include "base/retry.h"
#include "base/timetext.h"
#include "query/recorded.h"
#include "source_ops.h"

#define DEFAULT_DEADLINE_MS INT64_C(60000)
#define POLL_MS INT64_C(200)          // how late an interruption may be seen
#define VERSION_GRACE_MS INT64_C(500) // how long the version may keep a run whose queries have ended
#define MOST_VERSION_BYTES ((size_t)65536)
#define MOST_REQUEST_BYTES ((size_t)1 << 20)

enum flight_state { FLIGHT_WAITING, FLIGHT_RUNNING, FLIGHT_DONE };

struct flight {
    struct run *run;
    struct source *source;
    const struct query *query; // NULL: asks for the server's version
    struct answer *answer;
    enum flight_state state;
    int64_t due_ms, started_ms; // monotonic; started_ms 0 before the first try
    struct decoder *decoder;
    struct buf version_body;
};

struct run {
    struct http_client *client;
    struct recorder *recorder; // NULL when not recording
    const struct fetch_options *options;
    struct flight *flights;      // queries first, in the order of the jobs, then versions
    size_t count, queries, done; // `done` counts queries only
    size_t first_open;           // every flight before it is done
    struct answer *version_answers;
    int64_t deadline_ms, limit_ms;
    uint64_t seed;
};

static void flight_close(struct flight *f) {
    struct run *run = f->run;
    f->state = FLIGHT_DONE;
    if (f->query == NULL) return;
    run->done++;
    if (run->options->progress != NULL) run->options->progress(run->options->user, run->done, run->queries);
}

static void flight_done(struct flight *f, const char *content_type, bool transfer_failed) {
    struct run *run = f->run;
    if (f->started_ms != 0) f->answer->duration_ms = mono_now_ms() - f->started_ms;
    if (f->query != NULL) {
        answer_settle(f->answer, f->source->name, f->query);
    } else if (!transfer_failed && f->answer->http_status == 200) {
        source_read_version(f->source, buf_text(&f->version_body), f->version_body.len);
    }
    if (run->recorder != NULL) {
        recorder_answer(run->recorder, (size_t)(f - run->flights), f->source->name, f->query, content_type, f->answer, transfer_failed);
    }
    flight_close(f);
}

static void flight_fail(struct flight *f, const struct error *err) {
    f->answer->result.outcome = DECODE_HTTP_ERROR;
    f->answer->result.err = *err;
    flight_done(f, "", true);
}

static struct decoder *open_decoder(struct flight *f, const struct http_head *head) {
    return decoder_create(head->status, head->content_type[0] != '\0' ? head->content_type : NULL, &f->source->limits, &f->answer->set);
}

static bool on_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct flight *f = user;
    if (f->run->recorder != NULL) recorder_body(f->run->recorder, (size_t)(f - f->run->flights), data, len);
    if (f->query == NULL) {
        buf_bytes(&f->version_body, data, len);
        return !f->version_body.failed;
    }
    if (f->decoder == NULL) f->decoder = open_decoder(f, head);
    return decoder_feed(f->decoder, data, len);
}

// Whether the answer is one that another try may mend, and after how many tries at most.
static bool may_retry(const struct flight *f, const struct http_result *http) {
    const struct decode_result *result = &f->answer->result;
    int most = f->source->tries;
    if (!http->complete && !http->stopped) return http->temporary && f->answer->tries < most;
    switch (http->head->status) {
    case 429:
    case 502:
    case 504:
        break;
    case 503:
        if (strcmp(result->error_type, "timeout") == 0 && most > 2) most = 2;
        break;
    case 500:
        if (result->outcome == DECODE_API_ERROR && strcmp(result->error_type, "internal") != 0 &&
            strcmp(result->error_type, "unavailable") != 0) {
            return false;
        }
        if (most > 3) most = 3;
        break;
    default:
        return false;
    }
    return f->answer->tries < most;
}

// Puts the flight back into the queue, unless its next try would begin after the deadline.
static bool retry_later(struct flight *f, const struct http_result *http) {
    int64_t wait = retry_backoff_ms(f->answer->tries, &f->run->seed), asked;
    if (http->head->retry_after[0] != '\0' && retry_after_ms(http->head->retry_after, wall_now_ms(), &asked) && asked > wait) wait = asked;
    int64_t due = mono_now_ms() + wait;
    if (due >= f->run->deadline_ms) return false;
    f->due_ms = due;
    f->state = FLIGHT_WAITING;
    return true;
}

static void read_result(struct flight *f, const struct http_result *http) {
    struct answer *answer = f->answer;
    answer->http_status = http->head->status;
    answer->bytes = http->bytes;
    if (http->complete || http->stopped) {
        if (f->decoder == NULL) f->decoder = open_decoder(f, http->head);
        decoder_end(f->decoder, &answer->result);
    } else {
        answer->result.outcome = http->bytes > 0 ? DECODE_BROKEN : DECODE_HTTP_ERROR;
        answer->result.err = http->err;
    }
    decoder_destroy(f->decoder);
    f->decoder = NULL;
}

static void on_done(void *user, const struct http_result *http) {
    struct flight *f = user;
    f->source->running--;
    if (f->query == NULL) {
        f->answer->http_status = http->head->status;
        f->answer->bytes = http->bytes;
        f->answer->result.err = http->err;
        flight_done(f, http->head->content_type, !http->complete);
        return;
    }
    read_result(f, http);
    if (f->answer->result.outcome != DECODE_OK && may_retry(f, http) && retry_later(f, http)) return;
    flight_done(f, http->head->content_type, !http->complete && !http->stopped);
}

static void flight_send(struct flight *f, int64_t now) {
    struct run *run = f->run;
    struct buf url, body;
    struct http_request request;
    struct error err = {0};
    buf_init(&url, MOST_REQUEST_BYTES);
    buf_init(&body, MOST_REQUEST_BYTES);
    answer_reset(f->answer);
    if (run->recorder != NULL) recorder_restart(run->recorder, (size_t)(f - run->flights));
    if (f->started_ms == 0) f->started_ms = now;
    int64_t left = run->deadline_ms - now;
    int64_t timeout = f->source->timeout_ms < left ? f->source->timeout_ms : left;
    bool ok = f->source->ops->request(f->source, f->query, timeout, &url, &body, &request, &err);
    if (ok) {
        request.user = f;
        request.body_piece = on_body;
        request.done = on_done;
        f->answer->tries++;
        ok = http_client_start(run->client, &request, &err);
    }
    buf_finish(&url);
    buf_finish(&body);
    if (ok) {
        f->state = FLIGHT_RUNNING;
        f->source->running++;
    } else {
        flight_fail(f, &err);
    }
}

static void flight_start(struct flight *f, int64_t now) {
    if (!f->source->usable) {
        flight_fail(f, &f->source->unusable);
    } else if (f->source->ops->answer != NULL) {
        f->source->ops->answer(f->source, f->query, f->answer);
        flight_close(f);
    } else {
        flight_send(f, now);
    }
}

// Starts what is due and has room; returns when the next one that waits for its time is due.
static int64_t start_due(struct run *run) {
    int64_t now = mono_now_ms(), next = now + POLL_MS;
    for (size_t i = run->first_open; i < run->count; i++) {
        struct flight *f = &run->flights[i];
        if (f->state != FLIGHT_WAITING || (f->source->running >= f->source->concurrency && f->source->usable)) continue;
        if (f->due_ms <= now) {
            flight_start(f, now);
        } else if (f->due_ms < next) {
            next = f->due_ms;
        }
    }
    while (run->first_open < run->count && run->flights[run->first_open].state == FLIGHT_DONE) run->first_open++;
    return next;
}

static bool interrupted(const struct run *run) {
    return run->options->interrupted != NULL && *run->options->interrupted != 0;
}

// Ends whatever is still open with one and the same error.
static void give_up(struct run *run, const struct error *err) {
    http_client_cancel(run->client);
    for (size_t i = 0; i < run->count; i++) {
        struct flight *f = &run->flights[i];
        if (f->state == FLIGHT_DONE) continue;
        decoder_destroy(f->decoder);
        f->decoder = NULL;
        answer_reset(f->answer);
        flight_fail(f, err);
    }
}

static bool drive(struct run *run, struct error *err) {
    struct error end = {0};
    int64_t version_until = 0;
    while (run->first_open < run->count) {
        int64_t now = mono_now_ms();
        if (interrupted(run)) {
            error_set(&end, ERROR_CANCELLED, "interrupted");
            give_up(run, &end);
            if (err != NULL) *err = end;
            return false;
        }
        if (run->done == run->queries && version_until == 0) version_until = now + VERSION_GRACE_MS;
        if (now >= run->deadline_ms || (version_until != 0 && now >= version_until)) {
            error_set(&end, ERROR_SOURCE, "no answer before the deadline of the run (%g s)", (double)run->limit_ms / 1000);
            give_up(run, &end);
            return true;
        }
        int64_t next = start_due(run);
        if (next > run->deadline_ms) next = run->deadline_ms;
        if (run->first_open < run->count) http_client_wait(run->client, next);
    }
    return true;
}

static void add_flight(struct run *run, struct source *source, const struct query *query, struct answer *answer) {
    struct flight *f = &run->flights[run->count++];
    *f = (struct flight){.run = run, .source = source, .query = query, .answer = answer};
    answer_init(answer);
    buf_init(&f->version_body, MOST_VERSION_BYTES);
}

static void prepare_source(struct source *source) {
    if (source->prepared) return;
    source->prepared = true;
    source->running = 0;
    source->unusable = (struct error){0};
    source->usable = source->ops->prepare == NULL || source->ops->prepare(source, &source->unusable);
}

static void add_flights(struct run *run, struct fetch_job *jobs, size_t count) {
    run->flights = mem_zero(2 * count, sizeof *run->flights);
    run->version_answers = mem_zero(count, sizeof *run->version_answers);
    run->queries = count;
    for (size_t i = 0; i < count; i++) jobs[i].source->prepared = false;
    for (size_t i = 0; i < count; i++) {
        prepare_source(jobs[i].source);
        add_flight(run, jobs[i].source, &jobs[i].query, &jobs[i].answer);
    }
    for (size_t i = 0; i < count; i++) {
        struct source *source = jobs[i].source;
        if (source->version_known || !source->usable) continue;
        source->version_known = true;
        add_flight(run, source, NULL, &run->version_answers[run->count - count]);
    }
}

static void run_finish(struct run *run) {
    http_client_destroy(run->client);
    for (size_t i = 0; i < run->count; i++) buf_finish(&run->flights[i].version_body);
    for (size_t i = run->queries; i < run->count; i++) answer_finish(run->flights[i].answer);
    free(run->version_answers);
    free(run->flights);
}

bool fetch_run(struct fetch_job *jobs, size_t count, const struct fetch_options *options, struct error *err) {
    static const struct fetch_options defaults = {0};
    struct run run = {.options = options != NULL ? options : &defaults};
    run.limit_ms = run.options->deadline_ms > 0 ? run.options->deadline_ms : DEFAULT_DEADLINE_MS;
    run.deadline_ms = mono_now_ms() + run.limit_ms;
    run.seed = (uint64_t)wall_now_ms();
    add_flights(&run, jobs, count);
    bool ok = true;
    if (run.options->record_dir != NULL) {
        run.recorder = recorder_create(run.options->record_dir, run.count, err);
        ok = run.recorder != NULL;
    }
    if (ok) {
        run.client = http_client_create();
        ok = drive(&run, err);
    }
    if (run.recorder != NULL && !recorder_close(run.recorder, ok ? err : NULL)) ok = false;
    run_finish(&run);
    return ok;
}
