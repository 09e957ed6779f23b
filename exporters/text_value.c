// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct step {
    double size; // in the base unit
    const char *name;
};

static const struct step second_steps[] = {{1e-9, "ns"}, {1e-6, "us"}, {1e-3, "ms"}, {1, "s"}, {120, "min"}, {7200, "h"}, {172800, "d"}};
static const struct step byte_steps[] = {{1, "B"}, {1024, "KiB"}, {1048576, "MiB"}, {1073741824, "GiB"}, {1099511627776, "TiB"}};
static const struct step plain_steps[] = {{1e-3, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}};

static double rounded(double value, int digits) {
    if (value == 0 || !isfinite(value)) return value;
    int places = digits - 1 - (int)floor(log10(fabs(value)));
    if (places > 300) return value;
    double scale = pow(10, abs(places));
    return places >= 0 ? round(value * scale) / scale : round(value / scale) * scale;
}

const char *text_exact(struct arena *arena, double value) {
    struct buf text;
    buf_init(&text, 64);
    buf_double(&text, value);
    return arena_take(arena, &text);
}

static const char *digits_of(struct arena *arena, double value) {
    return text_exact(arena, value == 0 ? 0 : value); // no "-0"
}

// The step whose name makes the number shortest: the largest not above it. From 2 min, 2 h and 2 d on the next unit is used.
static const char *stepped(struct arena *arena, double value, const struct step *steps, size_t count, int digits) {
    size_t i = count - 1;
    while (i > 0 && fabs(rounded(value, digits)) < steps[i].size) i--;
    double size = steps[i].size;
    if (steps == second_steps && i > 3) size /= 2; // where minutes begin is not what a minute is
    if (steps == plain_steps && i == 0) size = 1;
    const char *name = value == 0 && steps == second_steps ? "s" : steps[i].name;
    return arena_printf(arena, "%s%s", digits_of(arena, rounded(value / size, digits)), name);
}

#define STEPPED(arena, value, steps, digits) stepped(arena, value, steps, sizeof(steps) / sizeof(steps)[0], digits)

enum { DIGITS = 3 }; // of what people read

static const char *with_unit(struct arena *arena, double value, const char *unit, bool sign, int digits) {
    if (unit != NULL && strcmp(unit, "ratio") == 0) {
        return arena_printf(arena, "%s%s", digits_of(arena, rounded(value * 100, digits)), sign ? "pp" : "%");
    }
    if (unit != NULL && strcmp(unit, "s") == 0) return STEPPED(arena, value, second_steps, digits);
    if (unit != NULL && strcmp(unit, "bytes") == 0) return STEPPED(arena, value, byte_steps, digits);
    const char *number = STEPPED(arena, value, plain_steps, digits);
    return unit == NULL || *unit == '\0' ? number : arena_printf(arena, "%s %s", number, unit);
}

static const char *signed_value(struct arena *arena, double value, const char *unit, bool sign, bool ascii, int digits) {
    if (!isfinite(value)) return digits_of(arena, value);
    const char *text = with_unit(arena, value, unit, sign, digits);
    if (sign && value >= 0) text = arena_printf(arena, "+%s", text);
    size_t len = strlen(text);
    bool micro = !ascii && unit != NULL && strcmp(unit, "s") == 0 && len > 2 && strcmp(text + len - 2, "us") == 0;
    return micro ? arena_printf(arena, "%.*sµs", (int)(len - 2), text) : text;
}

const char *text_value(struct arena *arena, double value, const char *unit, bool sign, bool ascii) {
    return signed_value(arena, value, unit, sign, ascii, DIGITS);
}

const char *text_tick(struct arena *arena, double value, double step, const char *unit, bool sign) {
    double needed = value != 0 && step > 0 ? floor(log10(fabs(value))) - floor(log10(step)) + 2 : DIGITS;
    return signed_value(arena, value, unit, sign && value != 0, false, (int)fmin(15, fmax(DIGITS, needed)));
}

const char *text_p(struct arena *arena, double p) {
    return p < 1e-300 ? "<1e-300" : arena_printf(arena, "%.2g", p);
}

const char *text_change(struct arena *arena, double ratio, const char *unit) {
    if (!isfinite(ratio) || ratio < 0) return "-";
    bool of_ratios = unit != NULL && strcmp(unit, "ratio") == 0;
    if (ratio > 2 || of_ratios) {
        double shown = rounded(ratio, ratio < 10 && !(ratio > 0.95 && ratio < 1.05) ? 2 : 3);
        return arena_printf(arena, "x%s", STEPPED(arena, shown, plain_steps, DIGITS));
    }
    double percent = (ratio - 1) * 100;
    if (fabs(percent) < 0.1) return "0%";
    return arena_printf(arena, "%s%s%%", percent > 0 ? "+" : "", digits_of(arena, rounded(percent, fabs(percent) < 100 ? 2 : 3)));
}

const char *text_score(struct arena *arena, double score) {
    if (!isfinite(score)) return digits_of(arena, score);
    return digits_of(arena, floor(score * 10 + 1e-7) / 10);
}

const char *text_plain(struct arena *arena, double value) {
    return isfinite(value) ? STEPPED(arena, value, plain_steps, DIGITS) : digits_of(arena, value);
}
