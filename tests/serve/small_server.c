// SPDX-License-Identifier: GPL-3.0-or-later
// The small service as a program, for tests and measurements from outside. Prints its port, runs until its standard input ends, then
// prints counts as one line of JSON.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/log.h"
#include "small_service.h"

static int arg_count;
static char **args;

static const char *find(const char *name) {
    for (int i = 1; i + 1 < arg_count; i += 2) {
        if (strcmp(args[i], name) == 0) return args[i + 1];
    }
    return NULL;
}

static double number(const char *name) {
    const char *text = find(name);
    return text != NULL ? strtod(text, NULL) : 0;
}

static void change(struct listener_options *options) {
    options->address = find("--address");
    options->cert_file = find("--cert");
    options->key_file = find("--key");
    options->client_ca_file = find("--client-ca");
    options->token_file = find("--tokens");
    options->open_to_world = find("--open") != NULL;
    options->limits.request_ms = (int64_t)number("--request-ms");
    options->limits.idle_ms = (int64_t)number("--idle-ms");
    options->limits.rate = number("--rate");
    options->limits.burst = number("--burst");
    options->limits.failed_sign_ins = number("--failed-sign-ins");
    options->limits.connections = (size_t)number("--connections");
    options->limits.connections_per_address = (size_t)number("--per-address");
}

static void print_counts(const struct small_service *service) {
    struct listener_counts counts;
    listener_counts(service->listener, &counts);
    printf("{\"connections\":%d,\"waiting\":%d", (int)counts.connections, (int)counts.waiting);
    for (int i = 0; i < REFUSAL_COUNT; i++) printf(",\"%s\":%d", listener_refusal_names[i], (int)counts.refused[i]);
    printf("}\n");
}

int main(int count, char **values) {
    struct small_service service;
    char line[64];
    arg_count = count;
    args = values;
    if (find("--log") != NULL) log_configure(LOG_LEVEL_DEBUG, strcmp(find("--log"), "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT);
    small_service_start(&service, change);
    printf("%d\n", service.port);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct error err;
        bool ok = strcmp(line, "reload\n") != 0 || listener_reload(service.listener, &err);
        printf("%s\n", ok ? "done" : err.text);
        fflush(stdout);
    }
    print_counts(&service);
    small_service_stop(&service);
    printf("{\"released\":%d,\"pages\":%d}\n", atomic_load(&service.released), atomic_load(&service.pages_released));
    return 0;
}
