// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/service_notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/timetext.h"

// A path, or a name in the abstract space, which begins with @ there and with NUL in the address.
static bool make_address(const char *name, struct sockaddr_un *ret, socklen_t *ret_len) {
    size_t len = name != NULL ? strlen(name) : 0;
    if (len < 2 || len >= sizeof ret->sun_path || (name[0] != '/' && name[0] != '@')) return false;
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(ret->sun_path, name, len);
    if (name[0] == '@') ret->sun_path[0] = '\0';
    *ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    return true;
}

bool service_notify(const char *state) {
    struct sockaddr_un address;
    socklen_t len;
    if (!make_address(getenv("NOTIFY_SOCKET"), &address, &len)) return false;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0) return false;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, len);
    close(fd);
    return sent >= 0;
}

bool service_notify_ready(void) {
    return service_notify("READY=1");
}

bool service_notify_stopping(void) {
    return service_notify("STOPPING=1");
}

bool service_notify_reloading(void) {
    char text[80];
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)mono_now_us());
    return service_notify(text);
}

bool service_notify_alive(void) {
    return service_notify("WATCHDOG=1");
}

int64_t service_watchdog_ms(void) {
    const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (period == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid())) return 0;
    long long us = strtoll(period, NULL, 10);
    return us > 0 ? (int64_t)((us + 999) / 1000) : 0;
}
