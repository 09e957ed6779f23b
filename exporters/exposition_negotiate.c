// SPDX-License-Identifier: GPL-3.0-or-later
// Accept as RFC 9110 has it: of the entries that match a format the most specific one counts. A version is part of what is asked for.
// A format that is only meant by a wildcard loses against one that is named with the same quality.
#include "exporters/exposition_negotiate.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { MOST_VALUE = 64 }; // bytes of a name or value that are looked at; a longer one is none that is known

enum escaping { ESCAPING_NONE, ESCAPING_ALLOW_UTF8, ESCAPING_UNDERSCORES, ESCAPING_DOTS, ESCAPING_VALUES, ESCAPINGS };

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PROTOBUF "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
#define BY_ESCAPING(type)                                                                                                                  \
    { type, type "; escaping=allow-utf-8", type "; escaping=underscores", type "; escaping=dots", type "; escaping=values" }

static const char *const content_types[EXPOSITION_FORMATS][ESCAPINGS] = {BY_ESCAPING(TEXT), BY_ESCAPING(OPENMETRICS),
                                                                         BY_ESCAPING(PROTOBUF)};

enum { MATCH_NONE, MATCH_ANY, MATCH_TYPE, MATCH_NAME, MATCH_VERSION }; // how exactly an entry names a format

struct entry { // of the header; texts are "" when absent
    char type[MOST_VALUE];
    char version[MOST_VALUE], proto[MOST_VALUE], encoding[MOST_VALUE];
    enum escaping escaping;
    int quality; // 0 to 1000; -1: not understood
};

struct offer { // what the header says of a format
    int match, quality, place;
    enum escaping escaping;
};

static const char *skip_blanks(const char *at) {
    return at + strspn(at, " \t");
}

// A word or quoted text; what is longer than `ret_text` becomes "".
static const char *read_value(const char *at, char ret_text[MOST_VALUE]) {
    size_t len = 0;
    bool quoted = *at == '"';
    if (quoted) at++;
    while (*at != '\0' && (quoted ? *at != '"' : strchr(",; \t", *at) == NULL)) {
        if (quoted && *at == '\\' && at[1] != '\0') at++;
        if (len < MOST_VALUE) ret_text[len++] = *at;
        at++;
    }
    if (quoted && *at == '"') at++;
    ret_text[len < MOST_VALUE ? len : 0] = '\0';
    return at;
}

static const char *read_name(const char *at, char ret_text[MOST_VALUE]) {
    size_t len = strcspn(at, "=,; \t\""), kept = len < MOST_VALUE ? len : 0;
    memcpy(ret_text, at, kept);
    ret_text[kept] = '\0';
    return at + len;
}

// "0.75" is 750: thousandths, further digits are cut.
static int read_quality(const char *text) {
    int quality = 0, unit = 1000;
    if (text[0] != '0' && text[0] != '1') return -1;
    if (text[1] != '\0' && text[1] != '.') return -1;
    quality = (text[0] - '0') * unit;
    for (const char *at = text[1] == '.' ? text + 2 : text + 1; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') return -1;
        unit /= 10;
        quality += (*at - '0') * unit;
    }
    return quality <= 1000 ? quality : -1;
}

static enum escaping read_escaping(const char *text) {
    static const char *const words[ESCAPINGS] = {"", "allow-utf-8", "underscores", "dots", "values"};
    for (int i = ESCAPING_ALLOW_UTF8; i < ESCAPINGS; i++) {
        if (strcasecmp(text, words[i]) == 0) return (enum escaping)i;
    }
    return ESCAPING_NONE;
}

static const char *read_parameter(const char *at, struct entry *entry) {
    char name[MOST_VALUE], value[MOST_VALUE] = "";
    at = skip_blanks(read_name(at, name));
    if (*at == '=') at = read_value(skip_blanks(at + 1), value);
    if (strcasecmp(name, "q") == 0) entry->quality = read_quality(value);
    if (strcasecmp(name, "version") == 0) memcpy(entry->version, value, sizeof value);
    if (strcasecmp(name, "proto") == 0) memcpy(entry->proto, value, sizeof value);
    if (strcasecmp(name, "encoding") == 0) memcpy(entry->encoding, value, sizeof value);
    if (strcasecmp(name, "escaping") == 0) entry->escaping = read_escaping(value);
    return at;
}

// Up to the comma behind the entry, or the end.
static const char *read_entry(const char *at, struct entry *ret_entry) {
    *ret_entry = (struct entry){.quality = 1000};
    at = read_name(skip_blanks(at), ret_entry->type);
    while (*at != '\0' && *at != ',') {
        const char *before = at;
        at = skip_blanks(at);
        if (*at == ';') at = read_parameter(skip_blanks(at + 1), ret_entry);
        if (at == before || (*at != ';' && *at != ',' && *at != '\0' && *at != ' ' && *at != '\t')) { // not what a parameter looks like
            ret_entry->quality = -1;
            at += strcspn(at, ",");
        }
    }
    return at;
}

static bool is(const char *text, const char *word) {
    return strcasecmp(text, word) == 0;
}

static int match_text(const struct entry *entry) {
    if (is(entry->type, "text/*")) return MATCH_TYPE;
    if (!is(entry->type, "text/plain")) return MATCH_NONE;
    if (is(entry->version, "0.0.4")) return MATCH_VERSION;
    return *entry->version == '\0' || entry->quality > 0 ? MATCH_NAME : MATCH_NONE; // another version is read as this one, if asked for
}

static int match_openmetrics(const struct entry *entry) {
    if (is(entry->type, "application/*")) return MATCH_TYPE;
    if (!is(entry->type, "application/openmetrics-text")) return MATCH_NONE;
    return is(entry->version, "1.0.0") ? MATCH_VERSION : *entry->version == '\0' ? MATCH_NAME : MATCH_NONE;
}

static int match_protobuf(const struct entry *entry) {
    if (is(entry->type, "application/*")) return MATCH_TYPE;
    if (!is(entry->type, "application/vnd.google.protobuf")) return MATCH_NONE;
    bool named = is(entry->proto, "io.prometheus.client.MetricFamily") && is(entry->encoding, "delimited");
    return named ? MATCH_VERSION : MATCH_NONE;
}

static int match(const struct entry *entry, enum exposition_format format) {
    if (is(entry->type, "*/*")) return MATCH_ANY;
    return format == EXPOSITION_TEXT          ? match_text(entry)
           : format == EXPOSITION_OPENMETRICS ? match_openmetrics(entry)
                                              : match_protobuf(entry);
}

static bool is_better(const struct offer *offer, const struct offer *best) {
    bool named = offer->match >= MATCH_NAME, best_named = best->match >= MATCH_NAME;
    if (offer->quality != best->quality) return offer->quality > best->quality;
    if (named != best_named) return named;
    return named && offer->place < best->place; // of wildcards the first format is taken
}

struct exposition_choice exposition_negotiate(const char *accept) {
    struct offer offers[EXPOSITION_FORMATS] = {0}, best = {0};
    enum exposition_format chosen = EXPOSITION_TEXT;
    struct entry entry;
    int place = 0;
    for (const char *at = accept != NULL ? accept : ""; *at != '\0'; at += *at == ',', place++) {
        at = read_entry(at, &entry);
        for (int i = 0; i < EXPOSITION_FORMATS && entry.quality >= 0; i++) {
            struct offer offer = {match(&entry, (enum exposition_format)i), entry.quality, place, entry.escaping};
            bool counts = offer.match > offers[i].match || (offer.match == offers[i].match && offer.quality > offers[i].quality);
            if (offer.match != MATCH_NONE && counts) offers[i] = offer;
        }
    }
    for (int i = 0; i < EXPOSITION_FORMATS; i++) {
        if (offers[i].quality == 0 || !is_better(&offers[i], &best)) continue;
        best = offers[i];
        chosen = (enum exposition_format)i;
    }
    return (struct exposition_choice){chosen, content_types[chosen][best.escaping]};
}
