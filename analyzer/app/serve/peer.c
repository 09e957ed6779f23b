// SPDX-License-Identifier: GPL-3.0-or-later
// Connections: how many an address may have, and how long a client may take to send its request.
#include <stdlib.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "listener_state.h"

// Called with the lock of struct waits held, so the descriptor is still this connection's. The library notices and closes it.
static void cut_off(struct wait *wait, enum wait_end end) {
    struct peer *peer = (struct peer *)((char *)wait - offsetof(struct peer, slow));
    (void)end;
    listener_refused(peer->listener, REFUSED_SLOW);
    shutdown(peer->fd, SHUT_RDWR);
}

enum MHD_Result peer_allow(void *user, const struct sockaddr *address, socklen_t len) {
    struct listener *listener = user;
    (void)len;
    if (addresses_find(listener->addresses, address, mono_now_ms())->connections < listener->limits.connections_per_address) return MHD_YES;
    listener_refused(listener, REFUSED_CONNECTION);
    return MHD_NO;
}

static void begin(struct listener *listener, struct MHD_Connection *connection, void **place) {
    const struct sockaddr *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    struct peer *peer = mem_zero(1, sizeof *peer);
    peer->listener = listener;
    peer->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    peer->address = addresses_find(listener->addresses, address, mono_now_ms());
    peer->address->connections++;
    address_text(address, peer->text);
    peer->slow.end = cut_off;
    waits_add(listener->waits, &peer->slow, mono_now_ms() + listener->limits.request_ms, -1);
    if (listener->tls != NULL)
        peer->keys = tls_begin(listener->tls, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session);
    atomic_fetch_add(&listener->connections, 1);
    atomic_fetch_add(&listener->connections_total, 1);
    *place = peer;
}

void peer_notify(void *user, struct MHD_Connection *connection, void **place, enum MHD_ConnectionNotificationCode what) {
    struct listener *listener = user;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        begin(listener, connection, place);
        return;
    }
    struct peer *peer = *place;
    if (peer == NULL) return;
    waits_remove(listener->waits, &peer->slow);
    if (peer->keys != NULL) tls_end(listener->tls, peer->keys);
    peer->address->connections--;
    atomic_fetch_sub(&listener->connections, 1);
    free(peer);
    *place = NULL;
}
