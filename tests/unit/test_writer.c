// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "trace/format.h"
#include "trace/writer.h"

/* The sanitizer's, whose header gcc does not bring along. */
size_t __sanitizer_get_current_allocated_bytes(void);

static int nowhere(void *arg, const void *data, size_t len)
{
	(void)data;
	*(size_t *)arg += len;
	return 0;
}

static void write_blocks(struct sw_writer *w, const struct sw_trace_info *info, size_t n)
{
	struct sw_rec_destroy rec = {
		.hdr = {.ts = 1, .size = sizeof(rec), .kind = SW_REC_DESTROY}};

	for (size_t i = 0; i < n; i++, rec.hdr.ts++) {
		assert_int_equal(sw_writer__record(w, &rec, sizeof(rec)), 0);
		assert_int_equal(sw_writer__flush(w, info), 0);
	}
}

/* However long a trace is, what the writer keeps of it has an end, and so it has no index. */
static void test_memory_of_a_long_trace(void **state)
{
	const size_t most = SW_BLOCK_RAW_MAX / sizeof(struct sw_index_entry);
	const struct sw_writer_opts opts = {1, true, ""};
	struct sw_trace_info info = {.version = "1"};
	size_t bytes = 0, begun, before;
	struct sw_writer *w;

	(void)state;
	assert_int_equal(sw_writer__new(&info, &opts, nowhere, &bytes, &w), 0);
	begun = __sanitizer_get_current_allocated_bytes();
	write_blocks(w, &info, most);
	assert_true(__sanitizer_get_current_allocated_bytes() >= begun + SW_BLOCK_RAW_MAX);
	write_blocks(w, &info, 1000);
	assert_true(__sanitizer_get_current_allocated_bytes() < begun + 1000);
	before = bytes;
	assert_int_equal(sw_writer__end(w, &info), 0);
	assert_true(bytes - before < 1000);
	sw_writer__free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_of_a_long_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
