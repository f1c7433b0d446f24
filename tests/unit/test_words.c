// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a record's fields are taken for. */
#include "render/words.h"
#include "test.h"

static void test_wakers(void **state)
{
	static const struct {
		uint32_t pid;
		const char *comm;
		bool kthread;
		enum sw_waker waker;
	} rows[] = {
		{0, "swapper/0", true, SW_WAKER_IDLE},
		{15, "ksoftirqd/0", true, SW_WAKER_KSOFTIRQD},
		{77, "napi/eth0-8193", true, SW_WAKER_NAPI},
		{9, "kworker/0:1", true, SW_WAKER_TASK},
		{12, "nginx", false, SW_WAKER_TASK},
		/* Any task may have these names, also one of another pid namespace. */
		{12, "napi/x", false, SW_WAKER_TASK},
		{12, "ksoftirqd/0", false, SW_WAKER_TASK},
		{12, "swapper/0", false, SW_WAKER_TASK},
		{0, "swapper/0", false, SW_WAKER_TASK},
		{0, "napi/x", false, SW_WAKER_TASK},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sw_rec_wakeup r = {.pid = rows[i].pid};

		strcpy(r.comm, rows[i].comm);
		r.hdr.flags = rows[i].kthread ? SW_F_KTHREAD : 0;
		if (sw_wakeup__waker(&r) != rows[i].waker)
			fail_row(i, "%s", rows[i].comm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wakers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
