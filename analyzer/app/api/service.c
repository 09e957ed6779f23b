// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/service.h"

#include "serve/call.h"

const struct service *service_of(const struct call *call) {
    return call_user(call);
}
