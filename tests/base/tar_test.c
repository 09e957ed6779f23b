// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/tar.h"

#define BLOCK ((size_t)512)

static void add(struct buf *out, const char *name, const char *content) {
    tar_add(out, name, 1735689600123, view_of(content));
}

static struct view all_of(const struct buf *buf) {
    return (struct view){buf_text(buf), buf->len};
}

static void test_tar__gives_back_what_was_put_in(void **state) {
    (void)state;
    static const char *const files[][2] = {{"run.json", "{}"}, {"look-01/00001.body", ""}, {"look-01/answers.jsonl", "a\nb"}};
    struct buf first, second;
    struct error err = {0};
    struct tar_entry entry;
    char large[2000];
    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < 3; i++) add(&first, files[i][0], files[i][1]);
    tar_add(&second, "large", 0, (struct view){large, sizeof large});
    buf_bytes(&first, buf_text(&second), second.len); // pieces are put behind each other
    tar_end(&first);
    assert_int_equal(first.len % BLOCK, 0);
    struct view rest = all_of(&first);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tar_next(&rest, &entry, &err), TAR_ENTRY);
        assert_string_equal(entry.name, files[i][0]);
        assert_true(view_is(entry.content, files[i][1]));
    }
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_ENTRY);
    assert_int_equal(entry.content.len, sizeof large);
    assert_memory_equal(entry.content.ptr, large, sizeof large);
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_END);
    buf_finish(&first);
    buf_finish(&second);
}

static void test_tar__takes_large_files_in_parts(void **state) {
    (void)state;
    struct buf out;
    struct error err = {0};
    struct tar_entry entry;
    buf_init(&out, 1 << 20);
    tar_add_folder(&out, "folder", 1735689600123);
    tar_begin(&out, "folder/file", 1735689600123, 5);
    buf_str(&out, "12345");
    assert_int_equal(tar_padding(5), BLOCK - 5);
    for (size_t i = 0; i < tar_padding(5); i++) buf_char(&out, '\0');
    assert_int_equal(tar_padding(0), 0);
    assert_int_equal(tar_padding(BLOCK), 0);
    tar_end(&out);
    assert_string_equal(out.data + 100, "0000700");
    assert_string_equal(out.data + BLOCK + 100, "0000600");
    struct view rest = all_of(&out);
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_ENTRY);
    assert_string_equal(entry.name, "folder/file");
    assert_true(view_is(entry.content, "12345"));
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_END);
    buf_finish(&out);
}

// Puts text over a header and sets its sum right.
static void forge(struct buf *archive, size_t at, const char *text, size_t len) {
    unsigned sum = 0;
    memcpy(archive->data + at, text, len);
    memset(archive->data + 148, ' ', 8);
    for (size_t i = 0; i < BLOCK; i++) sum += (unsigned char)archive->data[i];
    snprintf(archive->data + 148, 8, "%06o", sum);
}

static enum tar_read read_forged(size_t at, const char *text, size_t len, struct error *err) {
    struct buf archive;
    struct tar_entry entry;
    buf_init(&archive, 1 << 20);
    add(&archive, "name", "content");
    tar_end(&archive);
    forge(&archive, at, text, len);
    struct view rest = all_of(&archive);
    enum tar_read read = tar_next(&rest, &entry, err);
    buf_finish(&archive);
    return read;
}

static void test_tar__refuses_what_it_would_not_have_written(void **state) {
    (void)state;
    static const struct {
        size_t at;
        const char *text, *why;
    } cases[] = {
        {0, "/etc/passwd", "a name"},    {0, "../out", "a name"},        {0, "a/../../out", "a name"}, {0, "a/.hidden", "a name"},
        {0, "a\\b", "a name"},           {0, "a\nb", "a name"},          {0, "a//b", "a name"},        {156, "2", "something else"},
        {124, "00000010000", "cut off"}, {124, "7777777777", "cut off"}, {124, "x", "a size"},         {345, "prefix", "a name"},
    };
    struct error err = {0};
    assert_int_equal(read_forged(0, "./name", 7, &err), TAR_ENTRY);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_forged(cases[i].at, cases[i].text, strlen(cases[i].text), &err), TAR_BROKEN);
        if (strstr(err.text, cases[i].why) == NULL) fail_msg("%s: %s", cases[i].text, err.text);
    }
}

static void test_tar__notices_wrong_sums_and_cut_ends(void **state) {
    (void)state;
    struct buf archive;
    struct error err = {0};
    struct tar_entry entry;
    buf_init(&archive, 1 << 20);
    add(&archive, "name", "content");
    for (size_t len = 0; len < archive.len; len += 100) {
        struct view rest = {buf_text(&archive), len};
        assert_int_equal(tar_next(&rest, &entry, &err), TAR_BROKEN);
    }
    struct view rest = all_of(&archive);
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_ENTRY);
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_BROKEN); // no end
    archive.data[3] ^= 1;
    rest = all_of(&archive);
    assert_int_equal(tar_next(&rest, &entry, &err), TAR_BROKEN);
    buf_finish(&archive);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tar__gives_back_what_was_put_in),
        cmocka_unit_test(test_tar__takes_large_files_in_parts),
        cmocka_unit_test(test_tar__refuses_what_it_would_not_have_written),
        cmocka_unit_test(test_tar__notices_wrong_sums_and_cut_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
