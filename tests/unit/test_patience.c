/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Output to those who take it, who do not, and who have gone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd/patience.h"
#include "test.h"

static unsigned int asked;
static uint64_t asked_since;

static bool out_at_third(void *arg, uint64_t since)
{
	assert_ptr_equal(arg, &asked);
	asked_since = since;
	return ++asked == 3;
}

static void test_written(void **state)
{
	char got[8] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(sw_write_all(ends[1], "written", 7, NULL), 0);
	assert_int_equal(sw_write_all(ends[1], "", 0, NULL), 0);
	assert_int_equal(read(ends[0], got, sizeof(got)), 7);
	assert_string_equal(got, "written");
	close(ends[0]);
	close(ends[1]);
}

/* It takes what it can, is asked about until there is no time left, and not before. */
static void test_nobody_reads(void **state)
{
	static char much[1 << 20];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	asked = 0;
	sw_patience__ask(out_at_third, &asked);
	assert_int_equal(sw_write_all(ends[1], much, sizeof(much), NULL), -ETIME);
	sw_patience__ask(NULL, NULL);
	assert_int_equal(asked, 3);
	assert_true(asked_since > 0);
	assert_true(read(ends[0], much, sizeof(much)) > 0);
	assert_false(sw_patience__is_out(0));
	close(ends[0]);
	close(ends[1]);
}

static void test_errors(void **state)
{
	int ends[2], full = open("/dev/full", O_WRONLY);

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(sw_write_all(ends[1], "x", 1, NULL), -EPIPE);
	close(ends[1]);
	assert_int_equal(sw_write_all(full, "x", 1, NULL), -ENOSPC);
	close(full);
	assert_string_equal(sw_write_error(-ETIME), "nobody reads it");
	assert_string_equal(sw_write_error(-ENOSPC), strerror(ENOSPC));
	assert_true(sw_no_reader(-EPIPE));
	assert_true(sw_no_reader(-ETIME));
	assert_false(sw_no_reader(-ENOSPC));
	assert_false(sw_no_reader(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
