// SPDX-License-Identifier: GPL-3.0-or-later
// Answers kept in a directory: one file per answer with the body exactly as it came (00001.body, ...), and answers.jsonl
// with one JSON object a line:
//
//   {"source", "expr", "mode", "start_ms", "end_ms", "step_ms", "http_status", "content_type", "file", "duration_ms",
//    "tries", "bytes", "whole_start_ms", "whole_end_ms", "protocol", "requests", "throttled", "refused", "error", "error_code",
//    "outcome", "transcript", "pieces", "hedged", "shared"}
//
// mode is "raw", "range", "instant", or "buildinfo" for the server's version (expr "", times 0). file is "" when no body
// came. What follows bytes is there only where it says something: the two whole_* times in an answer to a piece of a query that was
// asked for in pieces, the protocol of a remote read (stream, samples), the error when the transfer failed, so that the body alone does not
// decide. The last four are of transcript.h: the body was written from what was read, the answer came in pieces that are joined in it, with
// second requests, or was asked for by somebody else. Recording into a directory that has answers already adds to it; of two answers to one
// query the later one counts.
#ifndef QUERY_RECORDED_H
#define QUERY_RECORDED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "query/source.h"

struct recorder;

// NULL with err when the directory cannot be used.
struct recorder *recorder_create(const char *dir, struct error *err);

size_t recorder_add_slot(struct recorder *recorder); // for one answer to come

void recorder_restart(struct recorder *recorder, size_t slot); // a new try: forgets the body of the one before
void recorder_body(struct recorder *recorder, size_t slot, const char *data, size_t len);

// Ends a slot. `query` NULL is the server's version. `whole` is the query that `query` is a piece of, else NULL. transfer_failed: the
// body alone does not tell how it ended, so the error goes into the record.
void recorder_answer(struct recorder *recorder, size_t slot, const char *source, const struct query *query, const struct query *whole,
                     const char *content_type, const struct answer *answer, bool transfer_failed);

// Writes the index, in the order of the slots, and frees the recorder. False when anything could not be written.
bool recorder_close(struct recorder *recorder, struct error *err);

#endif
