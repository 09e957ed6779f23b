// SPDX-License-Identifier: GPL-3.0-or-later
// A group without data counts as passed, an Error takes no part: the reference does so, and so must this judge.
#include "analyzer/kayenta_score.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS 2

struct group_tally {
    size_t pass, fail;
};

const char *kayenta_score_class_name(enum kayenta_score_class class) {
    static const char *const names[] = {
        [KAYENTA_SCORE_FAIL] = "Fail", [KAYENTA_SCORE_MARGINAL] = "Marginal", [KAYENTA_SCORE_PASS] = "Pass"};
    return names[class];
}

double kayenta_round(double value) {
    if (!isfinite(value) || fabs(value) >= 1e15) return value;
    char text[40];
    for (int digits = 0; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits, fabs(value));
        if (strtod(text, NULL) == fabs(value)) break;
    }
    long exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
    uint64_t hundredths = 0;
    long place = exponent; // power of ten of the digit at hand
    bool up = false;
    for (const char *at = text; *at != 'e'; at++) {
        if (*at == '.') continue;
        if (place >= -DECIMALS)
            hundredths = hundredths * 10 + (uint64_t)(*at - '0');
        else if (place == -DECIMALS - 1)
            up = *at >= '5';
        place--;
    }
    for (; place >= -DECIMALS; place--) hundredths *= 10;
    double rounded = (double)(hundredths + up) / 100;
    return value < 0 ? -rounded : rounded;
}

static const double *weight_of(const struct kayenta_score_input *input, const char *group) {
    for (size_t i = 0; i < input->weight_count; i++) {
        if (strcmp(input->weights[i].group, group) == 0) return &input->weights[i].weight;
    }
    return NULL;
}

static size_t group_index(const struct kayenta_score *score, const char *name) {
    size_t i = 0;
    while (i < score->group_count && strcmp(score->groups[i].name, name) != 0) i++;
    return i;
}

static void tally(struct group_tally *group, enum kayenta_class class) {
    switch (class) {
    case KAYENTA_PASS:
        group->pass++;
        break;
    case KAYENTA_HIGH:
    case KAYENTA_LOW:
    case KAYENTA_NODATA_FAIL:
        group->fail++;
        break;
    case KAYENTA_NODATA:
    case KAYENTA_ERROR:
        break;
    }
}

static void score_groups(const struct kayenta_score_input *input, struct arena *arena, struct kayenta_score *ret) {
    size_t most = 0;
    for (size_t i = 0; i < input->result_count; i++) most += input->results[i].group_count;
    ret->groups = arena_array(arena, most + 1, sizeof *ret->groups);
    struct group_tally *tallies = arena_array(arena, most + 1, sizeof *tallies);
    for (size_t i = 0; i < input->result_count; i++) {
        const struct kayenta_scored *result = &input->results[i];
        for (size_t g = 0; g < result->group_count && !result->muted; g++) {
            size_t index = group_index(ret, result->groups[g]);
            if (index == ret->group_count) ret->groups[ret->group_count++].name = result->groups[g];
            tally(&tallies[index], result->class);
        }
    }
    for (size_t i = 0; i < ret->group_count; i++) {
        size_t total = tallies[i].pass + tallies[i].fail;
        ret->groups[i].has_data = total > 0;
        ret->groups[i].score = total > 0 ? (double)tallies[i].pass / (double)total * 100 : 0;
    }
}

static void share_weights(const struct kayenta_score_input *input, struct kayenta_score *ret) {
    double given = 0;
    size_t without = 0;
    for (size_t i = 0; i < input->weight_count; i++) given += input->weights[i].weight;
    for (size_t i = 0; i < ret->group_count; i++) without += weight_of(input, ret->groups[i].name) == NULL;
    double share = without > 0 ? (100 - given) / (double)without : 0;
    for (size_t i = 0; i < ret->group_count; i++) {
        const double *weight = weight_of(input, ret->groups[i].name);
        ret->groups[i].weight = weight ? *weight : share;
    }
}

// True when an override sets the score to 0; *ret_reason says why.
static bool overridden(const struct kayenta_score_input *input, struct arena *arena, const char **ret_reason) {
    size_t nodata = 0, scored = 0;
    for (size_t i = 0; i < input->result_count; i++) {
        const struct kayenta_scored *result = &input->results[i];
        if (result->muted) continue;
        scored++;
        nodata += result->class == KAYENTA_NODATA;
        if (result->critical && result->class != KAYENTA_PASS) {
            *ret_reason = arena_printf(arena, "Canary Failed: %s", result->reason ? result->reason : "");
            return true;
        }
    }
    if (scored > 0 && nodata * 2 >= scored) {
        *ret_reason = "Canary Failed: 50% or more metrics returned NODATA";
        return true;
    }
    return false;
}

void kayenta_score(const struct kayenta_score_input *input, struct arena *arena, struct kayenta_score *ret) {
    *ret = (struct kayenta_score){.reason = ""};
    score_groups(input, arena, ret);
    share_weights(input, ret);
    double sum = 0;
    for (size_t i = 0; i < ret->group_count; i++) {
        const struct kayenta_group_score *group = &ret->groups[i];
        sum += (group->has_data ? group->score : 100) * (group->weight / 100);
    }
    ret->score = overridden(input, arena, &ret->reason) ? 0 : kayenta_round(sum);
    ret->class = ret->score >= input->pass       ? KAYENTA_SCORE_PASS
                 : ret->score >= input->marginal ? KAYENTA_SCORE_MARGINAL
                                                 : KAYENTA_SCORE_FAIL;
}
