// SPDX-License-Identifier: GPL-3.0-or-later
// Which format of /metrics a scraper gets, from the header Accept of its request.
#ifndef EXPORTERS_EXPOSITION_NEGOTIATE_H
#define EXPORTERS_EXPOSITION_NEGOTIATE_H

enum exposition_format {
    EXPOSITION_TEXT,        // text 0.0.4
    EXPOSITION_OPENMETRICS, // OpenMetrics 1.0
    EXPOSITION_PROTOBUF,    // io.prometheus.client.MetricFamily, delimited
    EXPOSITION_FORMATS,
};

struct exposition_choice {
    enum exposition_format format;
    const char *content_type; // of the answer; static
};

// Several Accept headers are to be joined by commas; NULL: there is none. Any text is answered: what is not understood is passed
// over, and when nothing is acceptable the answer is text 0.0.4. The scheme that the winning entry asks names to be escaped by goes
// into the content type and changes nothing else, as no name of ours needs it.
struct exposition_choice exposition_negotiate(const char *accept);

#endif
