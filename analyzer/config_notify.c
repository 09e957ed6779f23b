// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_notify.h"

#include <string.h>

#include "analyzer/notify_config.h"
#include "base/timetext.h"

enum { MOST_WINDOWS = 100, DAY_MIN = 1440 };

struct raw_window { // as it is written
    struct texts days;
    const char *from, *to;
};

struct raw_notify {
    struct notify_config *notify;
    const char *zone;
};

static bool parse_minute(const char *text, int *ret) {
    static const char digits[] = "0123456789";
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, digits) != 2 || strspn(text + 3, digits) != 2) return false;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    *ret = hour * 60 + minute;
    return minute < 60 && *ret <= DAY_MIN;
}

static void read_days(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    config_texts(r, node, path, field);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        config_read_word(r, node->items[i], &here, words, 7, 0);
    }
    if (node->kind != YAML_LIST) config_read_word(r, node, path, words, 7, 0);
}

static unsigned days_of(const struct texts *days) {
    static const char names[] = "sun mon tue wed thu fri sat";
    unsigned mask = 0;
    for (size_t i = 0; i < days->count; i++) {
        const char *found = strstr(names, days->items[i]);
        if (found != NULL) mask |= 1U << (unsigned)((found - names) / 4);
    }
    return days->count == 0 ? 0x7fU : mask;
}

static void read_window(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"days", read_days, offsetof(struct raw_window, days), false},
        {"from", config_text, offsetof(struct raw_window, from), true},
        {"to", config_text, offsetof(struct raw_window, to), true},
    };
    struct raw_window raw = {0};
    struct notify_window *window = field;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], &raw);
    if (raw.from == NULL || raw.to == NULL) return;
    if (parse_minute(raw.from, &window->from_min) && parse_minute(raw.to, &window->to_min)) {
        window->days = days_of(&raw.days);
    } else if (!time_parse(view_of(raw.from), &window->from_ms) || !time_parse(view_of(raw.to), &window->to_ms)) {
        config_error(r, node, path, "from and to are both HH:MM or both times with a date and a zone");
    } else if (window->to_ms <= window->from_ms) {
        config_error(r, node, path, "to must be behind from");
    } else if (raw.days.count > 0) {
        config_error(r, node, path, "days need from and to as HH:MM");
    }
}

static void read_windows(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct notify_config *notify = ((struct raw_notify *)field)->notify;
    void *items = NULL;
    if (node->kind == YAML_LIST && node->count > MOST_WINDOWS) {
        config_error(r, node, path, "more than %d windows", MOST_WINDOWS);
        return;
    }
    config_read_list(r, node, path, read_window, sizeof *notify->windows, &items, &notify->window_count);
    notify->windows = items;
}

static void read_hysteresis(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"of", config_count, offsetof(struct notify_config, of), true},
        {"in", config_count, offsetof(struct notify_config, in), true},
    };
    struct notify_config *notify = ((struct raw_notify *)field)->notify;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], notify);
    if (notify->of < 1 || notify->of > notify->in || notify->in > NOTIFY_MOST_IN)
        config_error(r, node, path, "of is from 1 to in, and in at most %d", NOTIFY_MOST_IN);
}

static void read_correlation(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    config_bool(r, node, path, &((struct raw_notify *)field)->notify->correlation);
}

void config_read_notify(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"time_zone", config_text, offsetof(struct raw_notify, zone), false},
        {"windows", read_windows, 0, false},
        {"hysteresis", read_hysteresis, 0, false},
        {"correlation", read_correlation, 0, false},
    };
    struct notify_config *notify = arena_alloc(r->arena, sizeof *notify);
    struct raw_notify raw = {notify, "UTC"};
    struct error err;
    *notify = (struct notify_config){.of = 1, .in = 1, .correlation = true};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], &raw);
    if (!time_zone_load(raw.zone, r->arena, &notify->zone, &err)) config_error(r, node, path, "time_zone: %s", err.text);
    *(struct notify_config **)field = notify;
}

static bool is_within(const struct notify_config *notify, const struct notify_window *window, int64_t now_ms) {
    if (window->to_ms > window->from_ms) return now_ms >= window->from_ms && now_ms < window->to_ms;
    int64_t local_s = now_ms / 1000 + time_zone_offset_s(&notify->zone, now_ms / 1000);
    int64_t day = local_s / 86400, minute = local_s % 86400 / 60;
    bool today = (window->days >> (unsigned)civil_weekday(day) & 1U) != 0;
    bool yesterday = (window->days >> (unsigned)civil_weekday(day - 1) & 1U) != 0;
    if (window->from_min < window->to_min) return today && minute >= window->from_min && minute < window->to_min;
    return (today && minute >= window->from_min) || (yesterday && minute < window->to_min);
}

bool notify_is_quiet(const struct notify_config *notify, int64_t now_ms) {
    for (size_t i = 0; i < notify->window_count; i++) {
        if (is_within(notify, &notify->windows[i], now_ms)) return true;
    }
    return false;
}
