// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/listen_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512

union any_address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static bool parse(const char *text, int port, union any_address *ret, socklen_t *ret_len) {
    char bare[64];
    size_t len = strlen(text);
    if (strcmp(text, "localhost") == 0) return parse("127.0.0.1", port, ret, ret_len);
    if (len >= sizeof bare) return false;
    memcpy(bare, text, len + 1);
    if (len > 2 && bare[0] == '[' && bare[len - 1] == ']') {
        memmove(bare, bare + 1, len - 2);
        bare[len - 2] = '\0';
    }
    *ret = (union any_address){.in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}};
    *ret_len = sizeof ret->in;
    if (inet_pton(AF_INET, bare, &ret->in.sin_addr) == 1) return true;
    *ret = (union any_address){.in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)}};
    *ret_len = sizeof ret->in6;
    return inet_pton(AF_INET6, bare, &ret->in6.sin6_addr) == 1;
}

static bool is_loopback(const union any_address *address) {
    if (address->any.sa_family == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
    return (ntohl(address->in.sin_addr.s_addr) >> 24) == 127;
}

// A socket for both IPv4 and IPv6 where the address is [::], as people expect of "everywhere".
static bool prepare(int fd, const union any_address *address) {
    int yes = 1, no = 0;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return false;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) return false;
    return address->any.sa_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0;
}

bool listen_socket_open(const char *text, int port, struct listen_socket *ret_socket, struct error *err) {
    union any_address address;
    socklen_t len;
    if (port < 0 || port > 65535) return error_set(err, ERROR_CONFIG, "port %d: ports are 0 to 65535", port);
    if (!parse(text, port, &address, &len))
        return error_set(err, ERROR_CONFIG, "address %s: expected a numeric address such as 127.0.0.1, 0.0.0.0 or [::1]", text);
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0) return error_set(err, ERROR_IO, "no socket: %s", strerror(errno));
    if (!prepare(fd, &address) || bind(fd, &address.any, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address.any, &len) != 0) {
        int why = errno;
        close(fd);
        return error_set(err, ERROR_IO, "cannot listen on %s port %d: %s", text, port, strerror(why));
    }
    bool six = address.any.sa_family == AF_INET6;
    *ret_socket = (struct listen_socket){fd, ntohs(six ? address.in6.sin6_port : address.in.sin_port), is_loopback(&address)};
    return true;
}
