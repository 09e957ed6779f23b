// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the courier share.
//
// Other threads add to the batches they build, leave notes, and wake the courier's own thread. That one takes up the notes, begins a
// struct job for each target it has something for, drives the client, and ends the jobs whose requests are over.
#ifndef EXPORTERS_COURIER_PRIVATE_H
#define EXPORTERS_COURIER_PRIVATE_H

#include <pthread.h>

#include "analyzer/publish_config.h"
#include "courier_words.h"
#include "deliver_private.h"
#include "exporters/courier.h"
#include "protocol_memory.h"

#define COURIER_TODO "courier.todo"           // memos: events that are still to be composed, by analysis and event
#define COURIER_OFF "courier.off"             // targets that want nothing more (410), by their name in the outbox
#define COURIER_ALERT_SLOTS 3
#define COURIER_ALERT_BEFORE 2

enum { COURIER_MOST_FLYING = 64, COURIER_MOST_COUNTS = 1000, COURIER_MOST_ROOMS = 10000 };

enum courier_note_kind {
    NOTE_TODO,     // a memo is to be composed
    NOTE_TRIED,    // the store has kept an attempt, or could not
};

struct courier_note {
    struct courier_note *next;
    enum courier_note_kind kind;
    bool good;          // NOTE_TRIED
    const char *text; // key of the memo, name of the target
};

enum alert_slot_kind { SLOT_FAILED, SLOT_UNDECIDED, SLOT_CLEARED };

struct alert_slot { // the analysis that alerts of a canary tell of
    char id[STORE_ID_LEN + 1]; // "": none
    int64_t at_ms, next_ms;
    int failures;    // in a row
    size_t flying;   // jobs
    bool failed;     // one of those that fly
    char before[COURIER_ALERT_BEFORE][STORE_ID_LEN + 1]; // analyses whose alerts it ends where it does not fire them itself
};

enum { COURIER_TOLD = 16, COURIER_TOLD_KEY = 32 };

struct courier_told_one {
    char key[COURIER_TOLD_KEY + 1]; // of correlation id and verdict; "": none
    char id[STORE_ID_LEN + 1];      // the analysis that told it
};

struct courier_told { // the latest correlation ids of a canary
    struct courier_told_one items[COURIER_TOLD];
    size_t next;
};

struct courier_room { // of a canary that has somebody to tell
    struct courier_room *next;
    char *canary;
    struct alert_slot slots[COURIER_ALERT_SLOTS];
    char last_fail[STORE_ID_LEN + 1]; // the analysis that failed, while nothing has passed since; "": none
    json_t *suppressed;               // by target, what courier_silenced() tells of the analysis that follows; NULL: nothing
    char suppressed_id[STORE_ID_LEN + 1];
    char silent[STORE_ID_LEN + 1];    // an analysis that alerts do not tell of; "": none
    struct courier_told *told;        // NULL: none
    // Remote write.
    uint64_t writes;                   // a bit for each target of the config that takes it
    char written[STORE_ID_LEN + 1];    // the last analysis that was written; "": none
    int64_t written_ms;
    char latest[STORE_ID_LEN + 1];     // the last analysis whose values were taken, of a look or verdict; "": none since the start
    bool gone;                         // with its config: no values are taken
    bool series_flies, series_seen;
    int series_failures;               // in a row
    int64_t series_ms;                 // when the next values may be sent
};

struct series_entry { // values of a look or verdict that wait to be written
    struct series_entry *next;
    struct courier_room *room;
    json_t *document;               // NULL: the canary is gone
    char id[STORE_ID_LEN + 1];      // of the analysis
    char earlier[STORE_ID_LEN + 1]; // that was written before; "": none, or it is a look
    uint64_t done;                  // targets that have it, or will not take it
    size_t flying;
    bool failed;
};

struct courier_group { // a verdict that a receiver was told for a group of canaries
    struct courier_group *next; // by time
    char *key;
    char id[STORE_ID_LEN + 1]; // the analysis that told it
    int64_t at_ms;
};

struct courier_off { // a target that answered 410
    struct courier_off *next;
    char *target, *config_sha256;
};

struct telling { // an event on its way into a batch
    struct courier *courier;
    const char *id, *canary, *occasion; // the analysis; what happens, which for one analysis happens once
    const struct analysis_request *request; // NULL: not known
    size_t look;                            // 0: none
    int64_t now_ms;
    const struct publish_config *publish;
    const char *sha256; // of the config
    struct courier_words words;
    struct run_digest digest;
    const json_t *data; // members of the data for this event alone; NULL: none
    struct store_batch *batch;
};

struct letter { // an analysis with its config, shared by jobs of the courier's thread
    struct arena arena;
    size_t refs;
    struct store_analysis row;
    struct analysis_request request;
    struct canary_config config;
    struct publish_config publish; // the config's, with the link that holds
    json_t *result;                // NULL: not asked for, or there is none
};

struct job { // requests to one target
    struct job *next;
    struct courier *courier;
    struct letter *letter;
    struct publish_config one;  // with that target alone
    struct deliver_options how;
    struct delivery delivery;
    size_t begun, flying;
    bool again;                 // what had to be sent in another form is sent
    struct error err;           // why nothing could be sent, ERROR_NONE: it could
    void (*end)(struct job *job); // all is over
    // Of a webhook.
    struct store_message message; // in the letter's arena
    // Of alerts.
    struct courier_room *room;
    enum alert_slot_kind slot;
    struct silence_look *look; // what the peer says of them; NULL: it is not asked
    // Of values.
    struct series_entry *entry;
    uint64_t target_bit;
    struct letter *earlier; // NULL: none
};

struct resting { // a target of the outbox that is not to be looked at
    struct resting *next;
    char *target;
    int64_t until_ms; // INT64_MAX: its request flies or its attempt is being kept
};

struct courier {
    struct courier_options options;
    struct http_client *client;
    pthread_t thread;
    bool running;

    pthread_mutex_t lock; // guards what follows
    pthread_cond_t quiet; // `committing` has become 0
    size_t committing;    // answers of the store that will come
    struct courier_note *notes; // newest first
    struct courier_room *rooms;
    size_t room_count;
    struct courier_off *off;
    struct courier_group *groups; // oldest first
    size_t group_count;
    struct series_entry *series; // oldest first
    struct courier_count *counts;
    size_t count_count, count_cap;
    bool look;            // into the outbox
    int64_t stop_mono_ms; // 0: it goes on

    // Of the courier's thread alone.
    struct job *jobs;
    size_t job_count;
    struct resting *resting;
    int64_t outbox_ms; // when to look into the outbox
    struct protocol_memory protocols;
};

// courier.c
int64_t courier_now_ms(const struct courier *c);
__attribute__((format(printf, 3, 4))) void courier_say(struct courier *c, const char *canary, const char *format, ...);
void courier_note(struct courier *c, struct courier_note note); // copies its texts and wakes the thread
struct courier_room *courier_room(struct courier *c, const char *canary, bool make); // the lock is held; NULL: none
bool courier_commit(struct courier *c, struct store_batch *batch, const char *note); // `note`: target told of with NOTE_TRIED; NULL: none

// courier_count.c
void courier_count(struct courier *c, const char *target, const char *outcome);

// courier_letter.c
struct letter *letter_load(struct courier *c, const char *id, bool result, struct error *err); // NULL with err
void letter_release(struct letter *letter); // fine with NULL
const char *letter_link(const struct courier *c, const struct publish_config *publish, const char *id, struct arena *arena);

// courier_job.c
// For a target of the letter's config, which is referred to. It is filled in before courier_begin().
struct job *job_create(struct courier *c, struct letter *letter, const struct publish_target *target, void (*end)(struct job *job));
void courier_begin(struct job *job);   // its requests fly
void courier_sweep(struct courier *c); // ends what is over
void courier_drop_jobs(struct courier *c);

// courier_compose.c
size_t courier_count_told(const struct telling *telling);
void courier_tell(struct telling *telling); // adds a message for each target that wants one of the words
void courier_compose_todo(struct courier *c, const char *key); // what could not be composed with the event
const char *courier_target_key(const char *target);             // where the key begins in the name of a target

// courier_outbox.c
void courier_tried(struct courier *c, const char *target, bool good);
int64_t courier_take_outbox(struct courier *c, int64_t now_ms); // begins what is due; returns when to look again
bool courier_read_off(struct courier *c, struct error *err);
bool courier_is_off(struct courier *c, const char *target, const char *config_sha256);
void courier_outbox_finish(struct courier *c);

// courier_alerts.c
bool courier_read_alerts(struct courier *c, struct error *err);
void courier_keep_alerts(struct courier *c, const struct engine_event *event, struct store_batch *batch); // of a verdict
void courier_decided(struct courier *c, const struct engine_event *event); // a verdict is committed, or will be
int64_t courier_send_alerts(struct courier *c, int64_t now_ms); // begins what is due; returns when to look again

// courier_noise.c
// Whether an event that `messages` webhooks would be told of is not told, which is counted.
bool courier_is_noise(struct courier *c, const struct engine_event *event, size_t messages, struct store_batch *batch);
bool courier_read_told(struct courier *c, struct error *err);

// courier_group.c
// Whether another canary of the target's group has told this already; else it is remembered that this one does.
bool courier_is_grouped(struct telling *telling, const struct publish_target *target, const char *word);
bool courier_read_groups(struct courier *c, struct error *err);
void courier_groups_finish(struct courier *c);

// courier_silence.c
void courier_look_at_silences(struct job *sent); // begins to ask the peer that has taken these alerts
void courier_silences_free(struct silence_look *look); // fine with NULL

// courier_series.c
bool courier_read_series(struct courier *c, struct error *err);
void courier_wants_series(struct courier *c, const struct engine_event *event, struct store_batch *batch);
void courier_take_series(struct courier *c, const struct engine_event *event); // of a look or verdict that is committed
int64_t courier_send_series(struct courier *c, int64_t now_ms);
void courier_series_finish(struct courier *c);

#endif
