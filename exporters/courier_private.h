// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the courier share.
//
// The engine's threads call courier_compose() and courier_published(): they add messages and memos to the engine's batch, leave a note
// for the courier's own thread and wake it. That thread reads the notes, starts a struct job for each target that has something to be
// sent, drives the HTTP client, and ends the jobs whose requests have been answered or have failed.
#ifndef EXPORTERS_COURIER_PRIVATE_H
#define EXPORTERS_COURIER_PRIVATE_H

#include <pthread.h>

#include "analyzer/publish_config.h"
#include "courier_words.h"
#include "deliver_private.h"
#include "exporters/courier.h"
#include "protocol_memory.h"

// Kinds of memos in the store.
#define COURIER_TODO "courier.todo" // events whose messages are still to be made; key: analysis id and event
#define COURIER_OFF "courier.off"   // targets that answered 410 Gone; key: the target's name in the outbox
#define COURIER_ALERT_SLOTS 3  // enum alert_slot_kind
#define COURIER_ALERT_BEFORE 2 // slots whose alerts another slot can end: failed and undecided

enum { COURIER_MOST_IN_FLIGHT = 64, COURIER_MOST_COUNTS = 1000, COURIER_MOST_STATES = 10000 };

enum courier_note_kind {
    NOTE_TODO,  // make the messages of a COURIER_TODO memo
    NOTE_TRIED, // the store has answered for the outcome of an attempt at delivery
};

struct courier_note {
    struct courier_note *next;
    enum courier_note_kind kind;
    bool good;        // NOTE_TRIED: the outcome was kept
    const char *text; // NOTE_TODO: key of the memo; NOTE_TRIED: name of the target
};

// What the last decided analyses of a canary mean for its alerts: it failed; it could not be decided (inconclusive, error); it passed,
// so that earlier alerts are resolved.
enum alert_slot_kind { SLOT_FAILED, SLOT_UNDECIDED, SLOT_CLEARED };

struct alert_slot { // one analysis whose alerts are sent again and again
    char id[STORE_ID_LEN + 1]; // "": the slot is empty
    int64_t at_ms;             // when the analysis was decided
    int64_t next_ms;           // when its alerts are to be sent next
    int failures;              // deliveries that failed since a round that every peer took; the wait grows with them
    size_t in_flight;          // jobs that are sending them now
    bool failed;               // one of the jobs of this round has failed
    char before[COURIER_ALERT_BEFORE][STORE_ID_LEN + 1]; // earlier analyses: those of their alerts that this one does not fire are resolved
};

enum { COURIER_TOLD = 16, COURIER_TOLD_KEY = 32 };

struct courier_told_one {
    char key[COURIER_TOLD_KEY + 1]; // digest of verdict and correlation id; "": the place is free
    char id[STORE_ID_LEN + 1];      // the analysis that was told under it
};

struct courier_told { // the latest correlation ids that receivers of a canary were told of, a ring
    struct courier_told_one items[COURIER_TOLD];
    size_t next; // place of the next one, modulo COURIER_TOLD
};

struct canary_state { // what is remembered of a canary whose config has a block `publish`
    struct canary_state *next;
    char *canary;
    // Alerts.
    struct alert_slot slots[COURIER_ALERT_SLOTS];
    char last_fail[STORE_ID_LEN + 1]; // the analysis that failed, until one passes; "": none
    json_t *suppressed;               // by target, what courier_silenced() answers for the analysis suppressed_id; NULL: nothing
    char suppressed_id[STORE_ID_LEN + 1];
    char silent[STORE_ID_LEN + 1];    // an analysis that must not change the alerts (quiet window, hysteresis); "": none
    // Webhooks.
    struct courier_told *told;        // NULL: none
    // Remote write.
    uint64_t writes;                   // bit i: target i of the config is a remote write receiver
    char written[STORE_ID_LEN + 1];    // the last analysis whose verdict was queued for writing; "": none
    int64_t written_ms;                // when values were queued last
    char latest[STORE_ID_LEN + 1];     // the last analysis of which anything was queued, a look or the verdict; "": none since the start
    bool gone;                         // its config was deleted: nothing is written until an analysis starts
    bool series_in_flight;             // its oldest values are being written
    bool series_seen;                  // only for next_entry(): an older entry of the canary comes first
    int series_failures;               // in a row
    int64_t series_ms;                 // when the next values may be written
};

struct series_entry { // values of a look or verdict that wait to be written
    struct series_entry *next;
    struct canary_state *state;
    json_t *document;               // the look's or the verdict's; NULL: write the end of the values of `id` instead
    char id[STORE_ID_LEN + 1];      // of the analysis
    char earlier[STORE_ID_LEN + 1]; // of the verdict written before this one, whose other series end; "": none, or this is a look
    uint64_t done;                  // bit i: target i has taken it, or refused it for good
    size_t in_flight;               // jobs, and one while they are being started
    bool failed;                    // a target may take it later: it is sent again
};

struct courier_group { // a verdict that a receiver was told on behalf of a group of canaries
    struct courier_group *next; // a later one
    char *key;                  // digest of group, word and receiver
    char id[STORE_ID_LEN + 1]; // the analysis that told it
    int64_t at_ms;
};

struct courier_off { // a target that answered 410 Gone and is left alone until its canary's config changes
    struct courier_off *next;
    char *target, *config_sha256;
};

struct telling { // an event whose messages are being added to a batch
    struct courier *courier;
    const char *id, *canary;                // of the analysis
    const char *occasion;                   // tells the event from all others of the analysis; part of the messages' ids
    const struct analysis_request *request; // NULL: not known
    size_t look;                            // 0: none
    int64_t now_ms;
    const struct publish_config *publish;
    const char *sha256; // of the config
    struct courier_words words; // under which targets may ask for it
    struct run_digest digest;
    const json_t *data; // members that only this kind of event adds to a message's data; NULL: none
    struct store_batch *batch;
};

struct subject { // the analysis that jobs send something about, with its config; counted, of the courier's thread alone
    struct arena arena; // of everything below
    size_t refs;
    struct store_analysis row;
    struct analysis_request request;
    struct canary_config config;
    struct publish_config publish; // the config's, with the link to the analysis filled in
    json_t *result;                // NULL: not asked for, or there is none
};

struct job { // what is being sent to one target, in one or more requests
    struct job *next;
    struct courier *courier;
    struct subject *subject;
    struct publish_config one;  // the subject's, with that target alone
    struct deliver_options how;
    struct delivery delivery;
    size_t begun;               // requests of the delivery that were started
    size_t in_flight;           // requests that are not over yet
    bool again;                 // what a receiver did not understand was added once more in another form (remote write 1.0)
    struct error err;           // why nothing could be sent; ERROR_NONE: something was
    void (*end)(struct job *job); // called once all requests are over
    // Of a webhook.
    struct store_message message; // in the subject's arena: the message of the outbox
    // Of alerts.
    struct canary_state *state;
    enum alert_slot_kind slot;
    struct silence_look *look; // what the peer says of them; NULL: it is not asked
    // Of remote write.
    struct series_entry *entry;
    uint64_t target_bit;     // in entry->done
    struct subject *earlier; // of entry->earlier; NULL: none
};

struct resting { // a target whose messages are left in the outbox for now
    struct resting *next;
    char *target;
    int64_t until_ms; // INT64_MAX: a message is being sent to it, or the outcome is being stored
};

struct courier {
    struct courier_options options;
    struct http_client *client;
    pthread_t thread;
    bool running;

    pthread_mutex_t lock; // guards what follows
    pthread_cond_t quiet; // `committing` has become 0
    size_t committing;    // batches handed to the store that it has not answered for yet
    struct courier_note *notes; // newest first
    struct canary_state *states;
    size_t state_count;
    struct courier_off *off;
    struct courier_group *groups; // oldest first
    size_t group_count;
    struct series_entry *series; // oldest first
    struct courier_count *counts;
    size_t count_count, count_cap;
    bool look;            // somebody asks to look into the outbox now
    int64_t stop_mono_ms; // 0: the courier is not stopping; else when it drops what is still in flight

    // Of the courier's thread alone.
    struct job *jobs;
    size_t job_count;
    struct resting *resting;
    int64_t outbox_ms; // when to look into the outbox next
    struct protocol_memory protocols;
};

// courier.c
int64_t courier_now_ms(const struct courier *c);
__attribute__((format(printf, 3, 4))) void courier_say(struct courier *c, const char *canary, const char *format, ...);
void courier_note(struct courier *c, struct courier_note note); // copies the text and wakes the courier's thread
// What is remembered of a canary. The lock is held. NULL when there is nothing and `make` is false, or when there are too many canaries.
struct canary_state *courier_state(struct courier *c, const char *canary, bool make);
// Hands a batch to the store. `tried` is the target that a NOTE_TRIED names once the store has answered; NULL: no note; "": the
// thread is only woken. False when the store did not take the batch, which the note says too.
bool courier_commit(struct courier *c, struct store_batch *batch, const char *tried);

// courier_count.c
void courier_count(struct courier *c, const char *target, const char *outcome);

// courier_subject.c
struct subject *subject_load(struct courier *c, const char *id, bool result, struct error *err); // with one reference; NULL with err
void subject_release(struct subject *subject);                                                  // one reference less; fine with NULL
// Where people find the analysis: the config's link, else a page of the service. In the arena or the config; NULL: nowhere.
const char *subject_link(const struct courier *c, const struct publish_config *publish, const char *id, struct arena *arena);

// courier_job.c
// A job for a target of the subject's config, with a reference to the subject. The caller fills it in before courier_begin().
struct job *job_create(struct courier *c, struct subject *subject, const struct publish_target *target, void (*end)(struct job *job));
void courier_begin(struct job *job);      // starts its requests; the courier owns it from then on
void courier_end_jobs(struct courier *c); // ends and frees the jobs whose requests are over
void courier_drop_jobs(struct courier *c); // cancels all requests and frees their jobs

// courier_compose.c
size_t courier_count_told(const struct telling *telling);       // targets that courier_tell() would add a message for
void courier_tell(struct telling *telling);                     // adds a message for each target that asked for one of the words
void courier_compose_todo(struct courier *c, const char *key);  // makes the messages of a COURIER_TODO memo and deletes it
const char *courier_target_key(const char *target);             // "publish.webhooks[0]#..." of a target's name in the outbox

// courier_outbox.c
void courier_tried(struct courier *c, const char *target, bool good); // NOTE_TRIED: the target's next message may go
int64_t courier_take_outbox(struct courier *c, int64_t now_ms);       // starts what is due; returns when to look again
bool courier_read_off(struct courier *c, struct error *err);          // from the store, at the start
bool courier_is_off(struct courier *c, const char *target, const char *config_sha256);
void courier_outbox_finish(struct courier *c);

// courier_alerts.c
bool courier_read_alerts(struct courier *c, struct error *err); // from the store, at the start
void courier_keep_alerts(struct courier *c, const struct engine_event *event, struct store_batch *batch); // memos of a verdict's slots
void courier_decided(struct courier *c, const struct engine_event *event); // fills the slots, once the verdict is (or will be) committed
int64_t courier_send_alerts(struct courier *c, int64_t now_ms);            // starts what is due; returns when to look again

// courier_noise.c
// Whether receivers are spared an event (quiet window, hysteresis, a repeated correlation id). If so counts it once for each of the
// `messages` webhooks that would have been told. A verdict that is told leaves its correlation id in the batch.
bool courier_is_noise(struct courier *c, const struct engine_event *event, size_t messages, struct store_batch *batch);
bool courier_read_told(struct courier *c, struct error *err); // from the store, at the start

// courier_group.c
// Whether another canary of the target's group has told the target the same lately. If not, the batch remembers that this one does.
bool courier_is_grouped(struct telling *telling, const struct publish_target *target, const char *word);
bool courier_read_groups(struct courier *c, struct error *err); // from the store, at the start
void courier_groups_finish(struct courier *c);

// courier_silence.c
void courier_look_at_silences(struct job *sent); // asks the Alertmanager that has just taken these alerts whether it silences them
void courier_silences_free(struct silence_look *look); // fine with NULL

// courier_series.c
bool courier_read_series(struct courier *c, struct error *err); // from the store, at the start
// Remembers which targets of the event's config take remote write; a verdict for them leaves a memo in the batch.
void courier_wants_series(struct courier *c, const struct engine_event *event, struct store_batch *batch);
void courier_take_series(struct courier *c, const struct engine_event *event); // queues the values of a committed look or verdict
int64_t courier_send_series(struct courier *c, int64_t now_ms);                // starts what is due; returns when to look again
void courier_series_finish(struct courier *c);

#endif
