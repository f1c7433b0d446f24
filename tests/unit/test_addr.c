// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <arpa/inet.h>

#include "base/addr.h"

static void check6(const char *address, const char *want)
{
	struct sw_buf b = { 0 };
	uint8_t addr[16];

	assert_int_equal(inet_pton(AF_INET6, address, addr), 1);
	sw_addr__format(&b, AF_INET6, addr, 80);
	assert_buf(&b, want);
	sw_buf__free(&b);
}

static void test_inet(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_addr__format(&b, AF_INET, (uint8_t[16]){ 127, 0, 0, 1 }, 80);
	assert_buf(&b, "127.0.0.1:80");
	sw_addr__format(&b, AF_INET, (uint8_t[16]){ 0 }, 80);
	assert_buf(&b, "0.0.0.0:80");
	sw_addr__format(&b, AF_INET, (uint8_t[16]){ 255, 255, 255, 255 }, 65535);
	assert_buf(&b, "255.255.255.255:65535");
	/* Only the first four bytes matter. */
	sw_addr__format(&b, AF_INET, (uint8_t[16]){ 10, 20, 30, 40, 9, 9, 9, 9, 9 }, 0);
	assert_buf(&b, "10.20.30.40:0");
	sw_buf__free(&b);
}

static void test_inet6(void **state)
{
	(void)state;
	check6("::", "[::]:80");
	check6("::1", "[::1]:80");
	check6("2001:db8::1", "[2001:db8::1]:80");
	check6("::ffff:127.0.0.1", "[::ffff:127.0.0.1]:80");
	check6("fe80::1:0:0:1", "[fe80::1:0:0:1]:80");
	check6("1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]:80");
	check6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	       "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:80");
}

static void test_other_family(void **state)
{
	struct sw_buf b = { 0 };

	(void)state;
	sw_addr__format(&b, AF_UNIX, (uint8_t[16]){ 1, 2, 3 }, 7);
	assert_buf(&b, "?:7");
	sw_buf__free(&b);
}

static void test_random_addresses_read_back(void **state)
{
	struct sw_buf b = { 0 };
	uint64_t seed = 23;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint8_t addr[16] = { 0 }, again[16];
		char text[64];

		for (int k = 0; k < 16; k++)
			if (test_random(&seed) >> 62)
				addr[k] = (uint8_t)(test_random(&seed) >> 32);
		sw_addr__format(&b, AF_INET6, addr, 1);
		assert_true(b.len < sizeof(text));
		memcpy(text, b.data + 1, b.len - 4);
		text[b.len - 4] = '\0';
		assert_memory_equal(b.data + b.len - 3, "]:1", 3);
		assert_int_equal(inet_pton(AF_INET6, text, again), 1);
		assert_memory_equal(addr, again, 16);
		sw_buf__reset(&b);

		sw_addr__format(&b, AF_INET, addr, 1);
		memcpy(text, b.data, b.len - 2);
		text[b.len - 2] = '\0';
		assert_int_equal(inet_pton(AF_INET, text, again), 1);
		assert_memory_equal(addr, again, 4);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inet),
		cmocka_unit_test(test_inet6),
		cmocka_unit_test(test_other_family),
		cmocka_unit_test(test_random_addresses_read_back),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
