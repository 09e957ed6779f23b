// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/timetext.h"
#include "serve/service_notify.h"

// A manager's socket: at a path, or in the abstract space when the name begins with @.
static int open_manager(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@') address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static const char *heard(int fd) {
    static char text[200];
    ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void say_everything(int fd) {
    assert_true(service_notify_ready());
    assert_string_equal(heard(fd), "READY=1");
    assert_true(service_notify_alive());
    assert_string_equal(heard(fd), "WATCHDOG=1");
    int64_t before = mono_now_ms();
    assert_true(service_notify_reloading());
    const char *text = heard(fd);
    assert_memory_equal(text, "RELOADING=1\nMONOTONIC_USEC=", 27);
    assert_in_range(strtoll(text + 27, NULL, 10) / 1000, before, mono_now_ms());
    assert_true(service_notify_stopping());
    assert_string_equal(heard(fd), "STOPPING=1");
    close(fd);
}

static void test_service_notify__speaks_to_both_kinds_of_sockets(void **state) {
    char path[64], name[64];
    (void)state;
    snprintf(path, sizeof path, "/tmp/serin-notify-%ld", (long)getpid());
    snprintf(name, sizeof name, "@serin-notify-%ld", (long)getpid());
    say_everything(open_manager(path));
    unlink(path);
    say_everything(open_manager(name));
}

static void test_service_notify__is_quiet_without_a_manager(void **state) {
    static const char *const names[] = {"", "@", "relative", "/tmp/serin-nobody-listens-here"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        assert_false(service_notify_ready());
    }
    unsetenv("NOTIFY_SOCKET");
    assert_false(service_notify_ready());
}

static void test_service_watchdog__is_for_this_process(void **state) {
    char pid[32];
    (void)state;
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    assert_int_equal(service_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "2500001", 1);
    assert_int_equal(service_watchdog_ms(), 2501);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(service_watchdog_ms(), 0);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(service_watchdog_ms(), 2501);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_service_notify__speaks_to_both_kinds_of_sockets),
        cmocka_unit_test(test_service_notify__is_quiet_without_a_manager),
        cmocka_unit_test(test_service_watchdog__is_for_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
