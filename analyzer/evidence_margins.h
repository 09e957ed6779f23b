// SPDX-License-Identifier: GPL-3.0-or-later
// Tolerance and harm on the scales that the parts of a battery are measured on.
#ifndef ANALYZER_EVIDENCE_MARGINS_H
#define ANALYZER_EVIDENCE_MARGINS_H

#include "analyzer/evidence.h"

struct evidence_margins {
    double tolerance, harm;             // relative change in the bad direction
    double theta_tolerance, theta_harm; // on the scale of the location: ln of the ratio, in the bad direction, when log_scale
};

// `level` is the size of the baseline's values: a change below the absolute tolerance is tolerated whatever share of it that
// is, and the harm grows in the same proportion. sign is that of the bad direction.
struct evidence_margins evidence_margins(const struct evidence_settings *settings, double level, double sign, bool log_scale);

#endif
