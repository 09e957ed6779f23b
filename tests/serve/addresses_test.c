// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses and their buckets.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "serve/addresses.h"

static struct address *find(struct addresses *addresses, const char *text, int64_t now_ms) {
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_in in = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) return addresses_find(addresses, (const struct sockaddr *)&in, now_ms);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return addresses_find(addresses, (const struct sockaddr *)&in6, now_ms);
}

static void test_addresses__tell_clients_apart(void **state) {
    (void)state;
    struct addresses *addresses = addresses_create();
    struct address *first = find(addresses, "192.0.2.1", 1);
    assert_ptr_equal(find(addresses, "192.0.2.1", 2), first);
    assert_ptr_equal(find(addresses, "::ffff:192.0.2.1", 3), first);
    assert_ptr_not_equal(find(addresses, "192.0.2.2", 4), first);
    assert_ptr_equal(find(addresses, "2001:db8::1", 5), find(addresses, "2001:db8::ffff:2", 6));
    assert_ptr_not_equal(find(addresses, "2001:db8::1", 5), find(addresses, "2001:db8:0:1::1", 6));
    addresses_destroy(addresses);
}

// Far more addresses than there are places: whoever has connections keeps its place, and memory does not grow.
static void test_addresses__keep_who_is_connected(void **state) {
    (void)state;
    struct addresses *addresses = addresses_create();
    struct address *kept = find(addresses, "192.0.2.1", 1);
    kept->connections = 1;
    for (uint32_t i = 0; i < 100000; i++) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(0x0a000000 + i)}};
        struct address *other = addresses_find(addresses, (const struct sockaddr *)&in, 10 + i);
        assert_ptr_not_equal(other, kept);
        if (i < 8192) other->connections = i % 2;
    }
    assert_ptr_equal(find(addresses, "192.0.2.1", 200000), kept);
    addresses_destroy(addresses);
}

static void test_allowance__lets_a_burst_and_then_a_rate_through(void **state) {
    struct allowance allowance = {0};
    int64_t now = 1000;
    (void)state;
    for (int i = 0; i < 5; i++) assert_int_equal(allowance_take(&allowance, 2, 5, now), 0);
    assert_int_equal(allowance_take(&allowance, 2, 5, now), 500);
    assert_int_equal(allowance_take(&allowance, 2, 5, now + 499), 1);
    assert_int_equal(allowance_take(&allowance, 2, 5, now + 500), 0);
    assert_int_equal(allowance_take(&allowance, 2, 5, now + 400), 500); // time that goes back gives nothing
    int taken = 0;
    for (now = 2000; now < 12000; now += 10) taken += allowance_take(&allowance, 2, 5, now) == 0;
    assert_in_range(taken, 20, 23);
    for (int i = 0; i < 100; i++) assert_int_equal(allowance_take(&allowance, -1, 1, now), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses__tell_clients_apart),
        cmocka_unit_test(test_addresses__keep_who_is_connected),
        cmocka_unit_test(test_allowance__lets_a_burst_and_then_a_rate_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
