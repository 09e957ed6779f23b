// SPDX-License-Identifier: GPL-3.0-or-later
// The density after a look is tabulated only when the next look is added: the grid must be as fine as that next step.
#include "stats/alpha_spending.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define FARTHEST 8.5      // standard errors at which boundaries and densities end
#define PANEL_WIDTH 4.0   // of a panel, in standard deviations of the step: 16 nodes then give all digits
#define KERNEL_WIDTH 13.0 // steps beyond this many of their deviations count for nothing, seen from any point within FARTHEST

enum { PANEL_NODES = 16 };

static const struct {
    double at, weight; // of the upper half of the Gauss-Legendre rule on [-1, 1]
} legendre[PANEL_NODES / 2] = {
    {0.09501250983763744019, 0.18945061045506849629}, {0.28160355077925891323, 0.18260341504492358887},
    {0.45801677765722738634, 0.16915651939500253819}, {0.61787624440264374845, 0.14959598881657673208},
    {0.75540440835500303390, 0.12462897125553387205}, {0.86563120238783174388, 0.09515851168249278481},
    {0.94457502307323257608, 0.06225352393864789286}, {0.98940093499164993260, 0.02715245941175409485},
};

static bool is_valid(const struct spending *plan) {
    if (!(plan->alpha > 0 && plan->alpha < 1)) return false;
    if (plan->type == SPENDING_POWER) return plan->parameter > 0 && isfinite(plan->parameter);
    return plan->type != SPENDING_HWANG_SHIH_DECANI || isfinite(plan->parameter);
}

double spending_at(const struct spending *plan, double t) {
    if (!is_valid(plan) || !(t >= 0 && t <= 1)) return (double)NAN;
    if (t == 0) return 0;
    double g = plan->parameter;
    switch (plan->type) {
    case SPENDING_OBRIEN_FLEMING:
        return 2 * gsl_cdf_ugaussian_Q(gsl_cdf_ugaussian_Qinv(plan->alpha / 2) / sqrt(t));
    case SPENDING_POCOCK:
        return plan->alpha * log1p(expm1(1.0) * t);
    case SPENDING_POWER:
        return plan->alpha * pow(t, g);
    case SPENDING_HWANG_SHIH_DECANI:
        break;
    }
    if (g == 0) return plan->alpha * t;
    double share = expm1(-fabs(g) * t) / expm1(-fabs(g));
    return plan->alpha * (g > 0 ? share : share * exp(g * (1 - t))); // the same, without the overflow of e^(-g)
}

static size_t panels_over(double length, double step) {
    double panels = ceil(length / (PANEL_WIDTH * step));
    return panels > 1 ? (size_t)panels : 1;
}

static size_t nodes_for(double least_growth) {
    if (!(least_growth >= 1e-12 && least_growth <= 1)) return 0;              // below, fractions are equal but for rounding
    return PANEL_NODES * (panels_over(2 * FARTHEST, sqrt(least_growth)) + 1); // one more, as the length is rounded
}

size_t alpha_spending_scratch(double least_growth) {
    return 4 * nodes_for(least_growth);
}

enum stats_status alpha_spending_start(const struct spending *plan, double least_growth, double *scratch, struct alpha_spending *ret) {
    size_t nodes = nodes_for(least_growth);
    *ret = (struct alpha_spending){.plan = *plan};
    if (nodes == 0 || !is_valid(plan)) return STATS_INVALID;
    ret->capacity = nodes;
    ret->before = (struct spending_density){scratch, scratch + nodes, 1};
    ret->room = (struct spending_density){scratch + 2 * nodes, scratch + 3 * nodes, 0};
    scratch[0] = 0; // before any look all paths are at 0
    scratch[nodes] = 1;
    return STATS_OK;
}

static size_t first_node_from(const struct spending_density *density, double low) {
    size_t first = 0, end = density->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (density->node[middle] < low)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

// The density at y after a step of this deviation.
static double density_at(const struct spending_density *density, double step, double y) {
    double sum = 0, end = y + KERNEL_WIDTH * step;
    for (size_t i = first_node_from(density, y - KERNEL_WIDTH * step); i < density->count && density->node[i] <= end; i++) {
        double z = (y - density->node[i]) / step;
        sum += density->mass[i] * exp(-0.5 * z * z);
    }
    return sum / (step * sqrt(2 * M_PI));
}

// The chance of being at or above `reach` after a step.
static double crossing_at(const struct spending_density *density, double step, double reach) {
    double sum = 0;
    for (size_t i = first_node_from(density, reach - KERNEL_WIDTH * step); i < density->count; i++)
        sum += density->mass[i] * gsl_cdf_ugaussian_Q((reach - density->node[i]) / step);
    return sum;
}

// Tabulates the density after the last look, fine enough for the next step, into the room, which must hold the panels.
static void tabulate(struct alpha_spending *state, double low, size_t panels) {
    double half = (state->reach - low) / (double)panels / 2;
    size_t count = 0;
    for (size_t p = 0; p < panels; p++) {
        double centre = low + half * (double)(2 * p + 1);
        for (int i = 0; i < PANEL_NODES; i++) {
            int side = i < PANEL_NODES / 2 ? PANEL_NODES / 2 - 1 - i : i - PANEL_NODES / 2;
            double y = centre + (i < PANEL_NODES / 2 ? -half : half) * legendre[side].at;
            state->room.node[count] = y;
            state->room.mass[count++] = half * legendre[side].weight * density_at(&state->before, state->deviation, y);
        }
    }
    struct spending_density spare = state->before;
    state->before = state->room;
    state->before.count = count;
    state->room = spare;
}

// The point within `farthest` of 0 that is reached with this chance. Newton's method on the logarithm of the chance, which is
// concave: it converges from above once it is above. Bisection where rounding leads it out of the bracket.
static double solve(const struct spending_density *density, double step, double chance, double farthest, double start) {
    if (!(chance > 0) || crossing_at(density, step, farthest) >= chance) return farthest;
    double low = -farthest, high = farthest, at = fmin(fmax(start, low), high);
    for (int i = 0; i < 200 && high - low > 1e-15 * farthest; i++) {
        double got = crossing_at(density, step, at);
        if (got >= chance)
            low = at;
        else
            high = at;
        double next = at + got * log(got / chance) / density_at(density, step, at);
        if (fabs(next - at) <= 1e-15 * farthest) return fmin(fmax(next, low), high);
        at = next > low && next < high ? next : 0.5 * (low + high);
    }
    return at;
}

enum stats_status alpha_spending_add(struct alpha_spending *state, double fraction, struct spending_look *ret) {
    *ret = (struct spending_look){(double)NAN, (double)NAN, (double)NAN};
    if (state->capacity == 0 || !(fraction > state->fraction && fraction <= 1)) return STATS_INVALID;
    double step = sqrt(fraction - state->fraction), scale = sqrt(fraction);
    if (state->deviation > 0) {
        double low = -FARTHEST * sqrt(state->fraction);
        size_t panels = panels_over(state->reach - low, fmin(step, state->deviation));
        if (PANEL_NODES * panels > state->capacity) return STATS_INVALID;
        tabulate(state, low, panels);
    }
    double cumulative = spending_at(&state->plan, fraction), chance = cumulative - state->spent;
    double start = chance > 0 && chance < 1 ? scale * gsl_cdf_ugaussian_Qinv(chance) : 0; // of all paths: no less than of those left
    state->reach = solve(&state->before, step, chance, FARTHEST * scale, start);
    state->fraction = fraction;
    state->spent = cumulative;
    state->deviation = step;
    ret->z = state->reach / scale;
    ret->nominal_p = gsl_cdf_ugaussian_Q(ret->z);
    ret->cumulative = cumulative;
    return STATS_OK;
}

bool alpha_spending_decide(const struct spending_look *look, double z) {
    return z >= look->z;
}
