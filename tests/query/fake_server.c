// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_REQUESTS 256
#define MOST_CONNECTIONS 256

struct connection {
    struct fake_server *server;
    int fd;
    pthread_t thread;
};

struct fake_server {
    const struct fake_answer *script;
    size_t script_count;
    const char *version;
    bool reads; // remote reads get answers of the script
    int fd, port;
    pthread_t thread;
    atomic_bool stop;
    pthread_mutex_t lock; // guards what follows
    struct fake_request requests[MOST_REQUESTS];
    size_t request_count, at_once, most_at_once, connection_count;
    struct connection connections[MOST_CONNECTIONS];
};

static void nap(int ms) {
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

// Sleeps in small pieces, so that a stopped server does not hold the test up.
static void wait_ms(struct fake_server *s, int ms) {
    for (; ms > 0 && !s->stop; ms -= 10) nap(ms < 10 ? ms : 10);
}

static bool readable(struct fake_server *s, int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (!s->stop) {
        if (poll(&p, 1, 20) > 0) return true;
    }
    return false;
}

static bool send_all(int fd, const char *data, size_t len) {
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0) return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static size_t content_length(const char *head) {
    for (const char *line = head; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncasecmp(line, "Content-Length:", 15) == 0) return (size_t)strtoul(line + 15, NULL, 10);
    }
    return 0;
}

static void copy_text(char *to, size_t size, const char *from, size_t len) {
    if (len >= size) len = size - 1;
    memcpy(to, from, len);
    to[len] = '\0';
}

static bool read_request(struct fake_server *s, int fd, struct fake_request *ret) {
    char text[8192];
    size_t len = 0, need = 0;
    memset(ret, 0, sizeof *ret);
    while (need == 0 || len < need) {
        if (len + 1 >= sizeof text || !readable(s, fd)) return false;
        ssize_t n = recv(fd, text + len, sizeof text - 1 - len, 0);
        if (n <= 0) return false;
        len += (size_t)n;
        text[len] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        if (end == NULL || need != 0) continue;
        size_t head = (size_t)(end - text) + 4;
        copy_text(ret->head, sizeof ret->head, text, head);
        need = head + content_length(ret->head);
    }
    size_t head = strlen(ret->head);
    copy_text(ret->body, sizeof ret->body, text + head, len - head);
    size_t method = strcspn(text, " ");
    copy_text(ret->method, sizeof ret->method, text, method);
    copy_text(ret->path, sizeof ret->path, text + method + 1, strcspn(text + method + 1, " "));
    return true;
}

// False: the connection is to be closed.
static bool play(struct fake_server *s, int fd, const struct fake_answer *a) {
    wait_ms(s, a->delay_ms);
    if (a->close_at_once) return false;
    const char *body = a->body != NULL ? a->body : "";
    size_t len = strlen(body);
    char head[1024];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %d Status\r\nContent-Length: %zu\r\n%s\r\n", a->status != 0 ? a->status : 200, len,
                     a->headers != NULL ? a->headers : "Content-Type: application/json\r\n");
    if (!send_all(fd, head, (size_t)n)) return false;
    for (size_t i = 0; a->dribble_ms != 0 && i < len; i++) {
        wait_ms(s, a->dribble_ms);
        if (s->stop || !send_all(fd, body + i, 1)) return false;
    }
    if (a->dribble_ms != 0) return true;
    size_t part = a->cut_after != 0 ? a->cut_after : len;
    return send_all(fd, body, part) && part == len;
}

static const struct fake_answer *remember(struct fake_server *s, const struct fake_request *request) {
    const struct fake_answer *a = &s->script[s->request_count < s->script_count ? s->request_count : s->script_count - 1];
    if (s->request_count < MOST_REQUESTS) s->requests[s->request_count] = *request;
    s->request_count++;
    if (++s->at_once > s->most_at_once) s->most_at_once = s->at_once;
    return a;
}

static void *serve(void *user) {
    struct connection *c = user;
    struct fake_server *s = c->server;
    struct fake_request request;
    bool open = true;
    while (open && read_request(s, c->fd, &request)) {
        if (strstr(request.path, "buildinfo") != NULL) {
            const struct fake_answer version = {.status = s->version != NULL ? 200 : 404, .body = s->version};
            open = play(s, c->fd, &version);
            continue;
        }
        if (strcmp(request.path, "/api/v1/read") == 0 && !s->reads) {
            const struct fake_answer none = {.status = 404};
            open = play(s, c->fd, &none);
            continue;
        }
        pthread_mutex_lock(&s->lock);
        const struct fake_answer *a = remember(s, &request);
        pthread_mutex_unlock(&s->lock);
        open = play(s, c->fd, a);
        pthread_mutex_lock(&s->lock);
        s->at_once--;
        pthread_mutex_unlock(&s->lock);
    }
    close(c->fd);
    return NULL;
}

static void *accept_all(void *user) {
    struct fake_server *s = user;
    while (readable(s, s->fd)) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0) continue;
        pthread_mutex_lock(&s->lock);
        struct connection *c = s->connection_count < MOST_CONNECTIONS ? &s->connections[s->connection_count++] : NULL;
        pthread_mutex_unlock(&s->lock);
        if (c == NULL) {
            close(fd);
            continue;
        }
        c->server = s;
        c->fd = fd;
        if (pthread_create(&c->thread, NULL, serve, c) != 0) abort();
    }
    return NULL;
}

static int listen_on_loopback(int *ret_port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0) abort();
    *ret_port = ntohs(address.sin_port);
    return fd;
}

struct fake_server *fake_server_start(const struct fake_answer *script, size_t count, const char *version) {
    struct fake_server *s = calloc(1, sizeof *s);
    if (s == NULL) abort();
    s->script = script;
    s->script_count = count;
    s->version = version;
    pthread_mutex_init(&s->lock, NULL);
    s->fd = listen_on_loopback(&s->port);
    if (listen(s->fd, 64) != 0 || pthread_create(&s->thread, NULL, accept_all, s) != 0) abort();
    return s;
}

void fake_server_stop(struct fake_server *s) {
    s->stop = true;
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->connection_count; i++) pthread_join(s->connections[i].thread, NULL);
    close(s->fd);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void fake_server_take_reads(struct fake_server *s) {
    s->reads = true;
}

int fake_server_port(const struct fake_server *s) {
    return s->port;
}

static size_t locked(struct fake_server *s, const size_t *value) {
    pthread_mutex_lock(&s->lock);
    size_t copy = *value;
    pthread_mutex_unlock(&s->lock);
    return copy;
}

size_t fake_server_requests(struct fake_server *s) {
    return locked(s, &s->request_count);
}

size_t fake_server_connections(struct fake_server *s) {
    return locked(s, &s->connection_count);
}

size_t fake_server_most_at_once(struct fake_server *s) {
    return locked(s, &s->most_at_once);
}

struct fake_request fake_server_request(struct fake_server *s, size_t i) {
    pthread_mutex_lock(&s->lock);
    struct fake_request copy = s->requests[i];
    pthread_mutex_unlock(&s->lock);
    return copy;
}

int fake_free_port(void) {
    int port;
    close(listen_on_loopback(&port));
    return port;
}
