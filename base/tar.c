// SPDX-License-Identifier: GPL-3.0-or-later
// A header is one block of texts in fixed places: numbers are octal, and the sum is taken with blanks where it will stand.
#include "base/tar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define BLOCK ((size_t)512)

enum place { NAME_AT = 0, MODE_AT = 100, SIZE_AT = 124, TIME_AT = 136, SUM_AT = 148, KIND_AT = 156, MAGIC_AT = 257, PREFIX_AT = 345 };
enum { MODE_LEN = 8, SIZE_LEN = 12, SUM_LEN = 8, PREFIX_LEN = 155 };

static const char empty[BLOCK];

static unsigned sum_of(const char *block) {
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++) sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? (unsigned)' ' : (unsigned char)block[i];
    return sum;
}

static void add_head(struct buf *out, const char *name, unsigned mode, int64_t time_ms, uint64_t size, char kind) {
    char block[BLOCK] = {0};
    uint64_t seconds = time_ms > 0 ? (uint64_t)time_ms / 1000 : 0;
    assert(strlen(name) <= TAR_NAME_LEN && size <= TAR_MOST_SIZE);
    snprintf(block + NAME_AT, TAR_NAME_LEN + 1, "%s", name);
    snprintf(block + MODE_AT, MODE_LEN, "%07o", mode);
    memcpy(block + MODE_AT + MODE_LEN,
           "0000000\0"
           "0000000",
           16); // owner and group
    snprintf(block + SIZE_AT, SIZE_LEN, "%011llo", (unsigned long long)size);
    snprintf(block + TIME_AT, SIZE_LEN, "%011llo", (unsigned long long)(seconds & TAR_MOST_SIZE));
    block[KIND_AT] = kind;
    memcpy(block + MAGIC_AT,
           "ustar\0"
           "00",
           8);
    snprintf(block + SUM_AT, SUM_LEN - 1, "%06o", sum_of(block));
    block[SUM_AT + SUM_LEN - 1] = ' ';
    buf_bytes(out, block, BLOCK);
}

size_t tar_padding(uint64_t size) {
    return (size_t)((BLOCK - size % BLOCK) % BLOCK);
}

void tar_add(struct buf *out, const char *name, int64_t time_ms, struct view content) {
    add_head(out, name, 0644, time_ms, content.len, '0');
    buf_bytes(out, content.ptr, content.len);
    buf_bytes(out, empty, tar_padding(content.len));
}

void tar_begin(struct buf *out, const char *name, int64_t time_ms, uint64_t size) {
    add_head(out, name, 0600, time_ms, size, '0');
}

void tar_add_folder(struct buf *out, const char *name, int64_t time_ms) {
    add_head(out, name, 0700, time_ms, 0, '5');
}

void tar_end(struct buf *out) {
    buf_bytes(out, empty, BLOCK);
    buf_bytes(out, empty, BLOCK);
}

// A number of octal digits, with blanks before it and a blank or NUL behind it.
static bool read_octal(const char *text, size_t len, uint64_t *ret) {
    size_t at = 0, from;
    *ret = 0;
    while (at < len && text[at] == ' ') at++;
    for (from = at; at < len && text[at] >= '0' && text[at] <= '7'; at++) *ret = *ret * 8 + (uint64_t)(text[at] - '0');
    return at > from && (at == len || text[at] == '\0' || text[at] == ' ');
}

static bool is_safe(const char *name) {
    bool begins = true; // a part of the path
    for (const char *c = name; *c != '\0'; c++) {
        if (begins && (*c == '.' || *c == '/')) return false;
        if ((unsigned char)*c < 0x20 || *c == '\\') return false;
        begins = *c == '/';
    }
    return *name != '\0';
}

static enum tar_read broken(struct error *err, const char *why) {
    error_set(err, ERROR_DATA, "not a whole tar archive of plain files: %s", why);
    return TAR_BROKEN;
}

// The name without the "./" that tar puts in front of it.
static bool read_name(const char *block, struct tar_entry *ret) {
    const char *name = block + NAME_AT;
    size_t len = strnlen(name, MODE_AT);
    if (block[PREFIX_AT] != '\0' || len > TAR_NAME_LEN) return false;
    bool dotted = len > 2 && name[0] == '.' && name[1] == '/';
    snprintf(ret->name, sizeof ret->name, "%.*s", (int)(dotted ? len - 2 : len), dotted ? name + 2 : name);
    return true;
}

enum tar_read tar_next(struct view *rest, struct tar_entry *ret, struct error *err) {
    for (;;) {
        uint64_t size, sum;
        if (rest->len < BLOCK) return broken(err, "it is cut off");
        const char *block = rest->ptr;
        if (memcmp(block, empty, BLOCK) == 0) return TAR_END;
        if (!read_octal(block + SUM_AT, SUM_LEN, &sum) || sum != sum_of(block)) return broken(err, "a header has a wrong sum");
        if (!read_octal(block + SIZE_AT, SIZE_LEN, &size)) return broken(err, "a size is no number");
        if (size > rest->len - BLOCK) return broken(err, "it is cut off");
        uint64_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;
        if (padded > rest->len - BLOCK) return broken(err, "it is cut off");
        *rest = (struct view){block + BLOCK + padded, rest->len - BLOCK - (size_t)padded};
        if (block[KIND_AT] == '5') continue;
        if (block[KIND_AT] != '0' && block[KIND_AT] != '\0') return broken(err, "it holds something else than files and folders");
        if (!read_name(block, ret) || !is_safe(ret->name)) return broken(err, "a name is not usable");
        ret->content = (struct view){block + BLOCK, (size_t)size};
        return TAR_ENTRY;
    }
}
