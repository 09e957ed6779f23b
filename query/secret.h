// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/secret.h" // public: receivers of verdicts have secrets too
