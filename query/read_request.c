// SPDX-License-Identifier: GPL-3.0-or-later
#include "read_request.h"

#include <prometheus.pb-c.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/snappy_block.h"
#include "query/selector.h"

#define TYPE_SAMPLES 0
#define TYPE_STREAM 1

static bool leaves_out(const struct matcher *matcher) {
    return (matcher->type == MATCHER_EQUAL && matcher->value.len > 0) || (matcher->type == MATCHER_NOT_EQUAL && matcher->value.len == 0);
}

static bool take_apart(const struct query *query, struct arena *arena, struct matcher **ret, size_t *ret_count) {
    if (!selector_matchers(view_of(query->expr), arena, ret, ret_count)) return false;
    for (size_t i = 0; i < *ret_count; i++) {
        if (leaves_out(&(*ret)[i])) return true;
    }
    return false;
}

bool read_request_fits(const struct query *query) {
    struct arena arena = {0};
    struct matcher *matchers;
    size_t count;
    bool fits = take_apart(query, &arena, &matchers, &count);
    arena_finish(&arena);
    return fits;
}

static ProtobufCBinaryData borrow(struct view text) {
    return (ProtobufCBinaryData){text.len, (uint8_t *)(uintptr_t)text.ptr}; // packing only reads it
}

static void add_matchers(Remote__Query *query, const struct matcher *matchers, size_t count, struct arena *arena) {
    query->matchers = arena_array(arena, count, sizeof(Remote__Matcher *));
    for (size_t i = 0; i < count; i++) {
        Remote__Matcher *matcher = arena_alloc(arena, sizeof *matcher);
        remote__matcher__init(matcher);
        matcher->has_type = matchers[i].type != MATCHER_EQUAL;
        matcher->type = (int32_t)matchers[i].type;
        matcher->name = borrow(matchers[i].name);
        matcher->value = borrow(matchers[i].value);
        query->matchers[query->n_matchers++] = matcher;
    }
}

static void pack(const Remote__ReadRequest *request, struct buf *out) {
    size_t len = remote__read_request__get_packed_size(request);
    uint8_t *bytes = mem_alloc(len);
    remote__read_request__pack(request, bytes);
    snappy_block_write(out, (struct view){(const char *)bytes, len});
    free(bytes);
}

bool read_request_write(const struct query *query, enum source_protocol protocol, struct buf *out, struct error *err) {
    struct arena arena = {0};
    struct matcher *matchers;
    size_t count;
    bool ok = take_apart(query, &arena, &matchers, &count);
    if (ok) {
        int32_t both[] = {TYPE_STREAM, TYPE_SAMPLES};
        Remote__Query one = REMOTE__QUERY__INIT, *queries = &one;
        Remote__ReadRequest request = REMOTE__READ_REQUEST__INIT;
        one.start_timestamp_ms = query->start_ms;
        one.end_timestamp_ms = query->end_ms;
        add_matchers(&one, matchers, count, &arena);
        request.queries = &queries;
        request.n_queries = 1;
        request.accepted_response_types = protocol == PROTOCOL_SAMPLES ? both + 1 : both;
        request.n_accepted_response_types = protocol == PROTOCOL_AUTO ? 2 : 1;
        pack(&request, out);
    } else {
        error_set(err, ERROR_CONFIG, "a remote read needs a plain selector with a name or another matcher that leaves out series, not %s",
                  query->expr);
    }
    arena_finish(&arena);
    return ok;
}
