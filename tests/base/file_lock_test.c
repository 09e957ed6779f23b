// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_lock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_path(char *path) {
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
}

// In a child, what the lock says of its holder: 0 when it is taken there, 1 when `holder` has it, 2 else.
static int ask_in_child(const char *path, long holder) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct file_lock lock = FILE_LOCK_NONE;
        long found;
        bool ok = file_lock_take(&lock, path, &found, NULL);
        _exit(!ok ? 2 : found == 0 ? 0 : found == holder ? 1 : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_file_lock__keeps_other_processes_out(void **state) {
    (void)state;
    char path[] = "/tmp/serin-lock-XXXXXX";
    struct file_lock lock = FILE_LOCK_NONE;
    struct error err;
    long holder;
    make_path(path);
    assert_int_equal(ask_in_child(path, (long)getpid()), 0); // and goes with that process
    assert_true(file_lock_take(&lock, path, &holder, &err));
    assert_int_equal(holder, 0);
    assert_int_equal(ask_in_child(path, (long)getpid()), 1);
    file_lock_drop(&lock);
    assert_int_equal(ask_in_child(path, (long)getpid()), 0);
    file_lock_drop(&lock);
    unlink(path);
}

static void test_file_lock__tells_what_is_wrong(void **state) {
    (void)state;
    struct file_lock lock = FILE_LOCK_NONE;
    struct error err;
    long holder;
    assert_false(file_lock_take(&lock, "/nowhere/at/all.lock", &holder, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.text, "/nowhere/at/all.lock"));
    assert_int_equal(lock.file, -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_lock__keeps_other_processes_out),
        cmocka_unit_test(test_file_lock__tells_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
