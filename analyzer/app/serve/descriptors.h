// SPDX-License-Identifier: GPL-3.0-or-later
// File descriptors of the process: clients of the service may not take those that its sources, receivers and files need.
#ifndef SERVE_DESCRIPTORS_H
#define SERVE_DESCRIPTORS_H

#include <stddef.h>

// Of so many descriptors how many connections of clients may have: a quarter, but at least 64, are for all else.
size_t descriptors_for_clients(size_t descriptors);

// Raises the process's limit, as far as it may, if that many connections need it. Returns how many they may be, which is less when the
// limit is too low. Any thread.
size_t descriptors_raise(size_t connections);

#endif
