// SPDX-License-Identifier: GPL-3.0-or-later
// The database is copied first. As answers are kept before the store is told of their look, those to the looks in the copy are there then,
// unless they were deleted since.
#include "analyzer/archive_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"
#include "base/timetext.h"
#include "stored_looks.h"

#define CHUNK ((size_t)1 << 16)
#define MOST_PIECE ((size_t)32 << 20) // of a look or of run.tar, which are smaller
#define MOST_BLOCK (2 * MOST_PIECE)

struct backup {
    const char *path; // of the file that is written
    FILE *out;
    struct run_archive *archive;
    const char *name; // of the database in the archive
    int64_t now_ms;
    struct buf block; // that is to be written next
    struct archive_backup_counts counts;
};

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

static bool write_block(struct backup *b, struct error *err) {
    bool ok = (!b->block.failed && fwrite(buf_text(&b->block), 1, b->block.len, b->out) == b->block.len) || failed(b->path, err);
    b->counts.bytes += b->block.len;
    buf_clear(&b->block);
    return ok;
}

static bool add_zeroes(struct backup *b, size_t count, struct error *err) {
    for (size_t i = 0; i < count; i++) buf_char(&b->block, '\0');
    return write_block(b, err);
}

static bool add_content(struct backup *b, FILE *in, uint64_t size, const char *from, struct error *err) {
    char chunk[CHUNK];
    for (uint64_t left = size; left > 0;) {
        size_t got = fread(chunk, 1, left < CHUNK ? (size_t)left : CHUNK, in);
        if (got == 0) return failed(from, err);
        buf_bytes(&b->block, chunk, got);
        if (!write_block(b, err)) return false;
        left -= got;
    }
    return add_zeroes(b, tar_padding(size), err);
}

static bool fits(const char *name, struct error *err) {
    return strlen(name) <= TAR_NAME_LEN || error_set(err, ERROR_USAGE, "%s: too long for an archive; give the store a shorter name", name);
}

static bool add_database(struct backup *b, const char *copy, struct error *err) {
    FILE *in = fopen(copy, "rb");
    struct stat status;
    bool ok = (in != NULL && fstat(fileno(in), &status) == 0) || failed(copy, err);
    uint64_t size = ok ? (uint64_t)status.st_size : 0;
    if (size > TAR_MOST_SIZE)
        ok = error_set(err, ERROR_LIMIT, "the database has more than 8 GiB: copy it alone, then the folder beside it");
    if (ok) tar_begin(&b->block, b->name, b->now_ms, size);
    ok = ok && add_content(b, in, size, copy, err);
    if (in != NULL) fclose(in);
    return ok;
}

static bool add_piece(struct backup *b, const char *id, const char *name, bool *ret_found, struct error *err) {
    struct arena arena = {0};
    struct view piece;
    bool ok = run_archive_piece(b->archive, id, name, MOST_PIECE, &arena, &piece, ret_found, err);
    const char *entry = arena_printf(&arena, "%s.evidence/%s/%s.tar", b->name, id, name);
    if (ok && *ret_found && fits(entry, err)) {
        tar_begin(&b->block, entry, b->now_ms, piece.len);
        buf_bytes(&b->block, piece.ptr, piece.len);
        ok = add_zeroes(b, tar_padding(piece.len), err);
    } else {
        ok = ok && !*ret_found;
    }
    arena_finish(&arena);
    return ok;
}

static bool add_folder(struct backup *b, const char *id, struct error *err) {
    struct arena arena = {0};
    const char *entry = arena_printf(&arena, "%s.evidence/%s", b->name, id);
    bool ok = fits(entry, err);
    if (ok) tar_add_folder(&b->block, entry, b->now_ms);
    arena_finish(&arena);
    return ok && write_block(b, err);
}

static bool add_analysis(void *user, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count, struct error *err) {
    struct backup *b = user;
    bool found = false, ok = true;
    b->counts.looks += count;
    if (count > 0 && b->archive != NULL && run_archive_holds(b->archive, id, "run"))
        ok = add_folder(b, id, err) && add_piece(b, id, "run", &found, err);
    if (!found) b->counts.missing += count;
    for (size_t i = 0; ok && found && i < count; i++) {
        bool there = false;
        ok = add_piece(b, id, names[i], &there, err);
        b->counts.missing += !there;
    }
    return ok;
}

static bool add_evidence(struct backup *b, const char *copy, struct error *err) {
    struct arena arena = {0};
    const char *entry = arena_printf(&arena, "%s.evidence", b->name);
    const char *where = arena_printf(&arena, "sqlite:%s", copy); // a colon in the path is no scheme
    struct store *store = fits(entry, err) ? store_open(where, &(struct store_options){0}, err) : NULL;
    if (store != NULL && b->archive != NULL) tar_add_folder(&b->block, entry, b->now_ms);
    bool ok = store != NULL && stored_looks_each(store, NULL, add_analysis, b, err);
    store_close(store);
    arena_finish(&arena);
    tar_end(&b->block);
    return ok && write_block(b, err);
}

static bool fill(struct backup *b, const char *copy, struct error *err) {
    int file = open(b->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return failed(b->path, err);
    b->out = fdopen(file, "wb");
    if (b->out == NULL) {
        close(file);
        return failed(b->path, err);
    }
    bool ok = add_database(b, copy, err) && add_evidence(b, copy, err);
    return (fclose(b->out) == 0 || (ok && failed(b->path, err))) && ok;
}

bool archive_backup(struct store *store, const char *where, struct run_archive *archive, const char *path,
                    struct archive_backup_counts *ret, struct error *err) {
    struct arena arena = {0};
    struct backup b = {.archive = archive, .now_ms = wall_now_ms()};
    const char *database = run_archive_store_path(where), *slash = strrchr(database, '/');
    const char *copy = arena_printf(&arena, "%s.%ld.db", path, (long)getpid());
    b.name = slash != NULL ? slash + 1 : database;
    b.path = arena_printf(&arena, "%s.%ld.tmp", path, (long)getpid());
    buf_init(&b.block, MOST_BLOCK);
    bool ok = fits(b.name, err) && file_may_replace(path, database, err) && store_backup(store, copy, err);
    if (ok) {
        ok = fill(&b, copy, err) && file_replace(b.path, path, err);
        if (!ok) unlink(b.path);
        unlink(copy);
    }
    buf_finish(&b.block);
    arena_finish(&arena);
    if (ok) *ret = b.counts;
    return ok;
}

static bool count_looks(void *user, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count, struct error *err) {
    struct backup *b = user;
    (void)err;
    b->counts.looks += count;
    for (size_t i = 0; i < count; i++) b->counts.missing += !run_archive_holds(b->archive, id, names[i]);
    return true;
}

bool archive_backup_count(struct store *store, struct run_archive *archive, struct archive_backup_counts *ret, struct error *err) {
    struct run_archive_counts kept;
    struct backup b = {.archive = archive};
    if (!stored_looks_each(store, NULL, count_looks, &b, err)) return false;
    run_archive_counts(archive, &kept);
    *ret = b.counts;
    ret->bytes = kept.bytes;
    return true;
}
