// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void raw_open(struct raw_client *client, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval patience = {.tv_sec = 10};
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    client->len = 0;
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client->fd, (const struct sockaddr *)&to, sizeof to) == 0) return;
    perror("connect");
    abort();
}

void raw_close(struct raw_client *client) {
    close(client->fd);
    client->fd = -1;
}

void raw_send(struct raw_client *client, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = send(client->fd, text, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return; // closed: the answer, if any, tells
        text += n;
        len -= (size_t)n;
    }
}

static bool more(struct raw_client *client) {
    if (client->len == sizeof client->data) return false;
    ssize_t n = recv(client->fd, client->data + client->len, sizeof client->data - client->len, 0);
    if (n <= 0) return false;
    client->len += (size_t)n;
    return true;
}

static const char *find_end(const struct raw_client *client) {
    for (size_t i = 0; i + 4 <= client->len; i++) {
        if (memcmp(client->data + i, "\r\n\r\n", 4) == 0) return client->data + i + 4;
    }
    return NULL;
}

static void drop(struct raw_client *client, size_t len) {
    client->len -= len;
    memmove(client->data, client->data + len, client->len);
}

struct raw_answer raw_receive(struct raw_client *client, bool bodyless) {
    struct raw_answer answer = {0};
    char value[64];
    const char *end;
    while ((end = find_end(client)) == NULL) {
        if (!more(client)) return answer;
    }
    size_t head = (size_t)(end - client->data);
    snprintf(answer.head, sizeof answer.head, "%.*s", (int)head, client->data);
    answer.status = head > 12 ? atoi(client->data + 9) : 0;
    drop(client, head);
    if (answer.status == 100) return raw_receive(client, bodyless);
    size_t length = (size_t)strtoul(raw_header(&answer, "Content-Length", value, sizeof value), NULL, 10);
    if (bodyless || answer.status == 204 || answer.status == 304) length = 0;
    while (client->len < length && more(client)) continue;
    answer.body_len = client->len < length ? client->len : length;
    snprintf(answer.body, sizeof answer.body, "%.*s", (int)answer.body_len, client->data);
    drop(client, answer.body_len);
    return answer;
}

bool raw_is_closed(struct raw_client *client) {
    char byte;
    ssize_t n = recv(client->fd, &byte, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

struct raw_answer raw_ask(int port, const char *text) {
    struct raw_client *client = malloc(sizeof *client);
    assert(client != NULL);
    raw_open(client, port);
    raw_send(client, text, strlen(text));
    struct raw_answer answer = raw_receive(client, strncmp(text, "HEAD ", 5) == 0);
    raw_close(client);
    free(client);
    return answer;
}

const char *raw_header(const struct raw_answer *answer, const char *name, char *value, size_t size) {
    size_t len = strlen(name);
    value[0] = '\0';
    for (const char *line = strstr(answer->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) != 0 || line[2 + len] != ':') continue;
        const char *text = line + 2 + len + 1;
        text += strspn(text, " ");
        snprintf(value, size, "%.*s", (int)strcspn(text, "\r"), text);
        return value;
    }
    return value;
}
