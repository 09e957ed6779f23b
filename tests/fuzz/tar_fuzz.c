// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is read as an archive: names stay below the folder it is unpacked into, contents inside the bytes, and what was read can be
// written and read again.
#include <stdlib.h>
#include <string.h>

#include "base/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name) {
    if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") == name || strstr(name, "/.") != NULL || strlen(name) > TAR_NAME_LEN)
        abort();
}

static void check_again(const struct buf *again, const struct tar_entry *want) {
    struct view rest = {buf_text(again), again->len};
    struct tar_entry entry;
    struct error err;
    if (tar_next(&rest, &entry, &err) != TAR_ENTRY || strcmp(entry.name, want->name) != 0) abort();
    if (entry.content.len != want->content.len || memcmp(entry.content.ptr, want->content.ptr, entry.content.len) != 0) abort();
    if (tar_next(&rest, &entry, &err) != TAR_END) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct view rest = {(const char *)data, size};
    struct tar_entry entry;
    struct error err;
    while (tar_next(&rest, &entry, &err) == TAR_ENTRY) {
        const char *end = (const char *)data + size;
        struct buf again;
        check_name(entry.name);
        if (entry.content.ptr < (const char *)data || entry.content.ptr + entry.content.len > end) abort();
        buf_init(&again, size + 4096);
        tar_add(&again, entry.name, 0, entry.content);
        tar_end(&again);
        check_again(&again, &entry);
        buf_finish(&again);
    }
    return 0;
}
