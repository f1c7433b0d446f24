// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include "bounds.h"
#include "core/stacks.h"
#include "samples.h"

#include <stdio.h>

#define KERNEL "a+0x1\0b+0x2"
#define USER "main+0x3 [p]"

static union sw_event wakeup(uint64_t ts, uint32_t pid, uint32_t kernel, uint32_t user)
{
	union sw_event ev = {.wakeup_rec = sample_wakeup()};

	ev.hdr.ts = ts;
	ev.wakeup_rec.pid = pid;
	ev.wakeup_rec.kernel_stack = kernel;
	ev.wakeup_rec.user_stack = user;
	return ev;
}

static union sw_event run_of(const union sw_event *w, uint64_t ts)
{
	union sw_event ev = {.run_rec = {.hdr = {.kind = SW_REC_RUN, .ts = ts}}};

	ev.run_rec.sock = w->wakeup_rec.sock;
	ev.run_rec.wakeup_ts = w->hdr.ts;
	return ev;
}

static void test_names(void **state)
{
	struct sw_stacks *s = sw_stacks__new(0);
	const struct sw_stack *found;

	(void)state;
	assert_null(sw_stacks__find(s, 0, 1));
	assert_int_equal(sw_stacks__add(s, 0, 1, KERNEL, sizeof(KERNEL)), 0);
	assert_int_equal(sw_stacks__add(s, 7, 1, USER, sizeof(USER)), 0);
	found = sw_stacks__find(s, 0, 1);
	assert_int_equal(found->frames, 2);
	assert_string_equal(found->names + strlen(found->names) + 1, "b+0x2");
	assert_int_equal(sw_stacks__find(s, 7, 1)->frames, 1);
	/* Not another process's; none has the number 0; what is not ended is not taken. */
	assert_null(sw_stacks__find(s, 8, 1));
	assert_int_equal(sw_stacks__add(s, 8, 0, USER, sizeof(USER)), 0);
	assert_null(sw_stacks__find(s, 8, 0));
	assert_int_equal(sw_stacks__add(s, 8, 1, USER, sizeof(USER) - 1), 0);
	assert_int_equal(sw_stacks__add(s, 8, 1, USER, 0), 0);
	assert_null(sw_stacks__find(s, 8, 1));
	/* The first stays. */
	assert_int_equal(sw_stacks__add(s, 0, 1, USER, sizeof(USER)), 0);
	assert_int_equal(sw_stacks__find(s, 0, 1)->frames, 2);
	sw_stacks__free(s);
	sw_stacks__free(NULL);
}

static void test_bounded(void **state)
{
	struct sw_stacks *s = sw_stacks__new(0);

	(void)state;
	for (uint32_t i = 1; i <= SW_STACKS_MAX + 1; i++)
		assert_int_equal(sw_stacks__add(s, 0, i, USER, sizeof(USER)), 0);
	assert_non_null(sw_stacks__find(s, 0, SW_STACKS_MAX));
	assert_null(sw_stacks__find(s, 0, SW_STACKS_MAX + 1));
	assert_int_equal(sw_stacks__left_out(s), 1);
	sw_stacks__free(s);
}

/* Nor may few be as long as they like. */
static void test_bounded_bytes(void **state)
{
	struct sw_stacks *s = sw_stacks__new(0);
	const size_t len = SW_STACKS_BYTES / 4;
	char *names = calloc(1, len);

	(void)state;
	memset(names, 'x', len - 1);
	for (uint32_t i = 1; i <= 100; i++)
		assert_int_equal(sw_stacks__add(s, 0, i, names, len), 0);
	assert_non_null(sw_stacks__find(s, 0, 3));
	assert_null(sw_stacks__find(s, 0, 4));
	assert_int_equal(sw_stacks__left_out(s), 97);
	/* There is room for a short one still. */
	assert_int_equal(sw_stacks__add(s, 0, 101, USER, sizeof(USER)), 0);
	assert_non_null(sw_stacks__find(s, 0, 101));
	free(names);
	sw_stacks__free(s);
}

/* Of whoever may have written them. */
static void test_long_names(void **state)
{
	struct sw_stacks *s = sw_stacks__new(0);
	const struct sw_stack *found;
	static char names[100000];

	(void)state;
	memset(names, 'n', sizeof(names) - 1);
	names[10] = '\0';
	assert_int_equal(sw_stacks__add(s, 7, 1, names, sizeof(names)), 0);
	found = sw_stacks__find(s, 7, 1);
	assert_int_equal(found->frames, 2);
	assert_int_equal(strlen(found->names), 10);
	assert_int_equal(strlen(found->names + 11), SW_FRAME_MAX);
	assert_string_equal(found->names + 11 + SW_FRAME_MAX - 4, "n...");
	sw_stacks__free(s);
}

static void test_of_all(void **state)
{
	struct sw_stacks *s = sw_stacks__new(0);
	union sw_event w = wakeup(100, 7, 1, 1), bare = wakeup(100, 7, 0, 0), run = run_of(&w, 500);
	struct sw_waker_stacks out;

	(void)state;
	assert_false(sw_stacks__of(NULL, &w, &out));
	assert_false(sw_stacks__of(s, &w, &out));
	sw_stacks__add(s, 7, 1, USER, sizeof(USER));
	assert_true(sw_stacks__of(s, &w, &out));
	assert_null(out.kernel);
	assert_int_equal(out.user->frames, 1);
	assert_false(sw_stacks__of(s, &bare, &out));
	assert_false(sw_stacks__of(s, &run, &out));
	sw_stacks__free(s);
}

static void test_of_slow(void **state)
{
	struct sw_stacks *s = sw_stacks__new(300);
	union sw_event w = wakeup(100, 7, 1, 0), run = run_of(&w, 399), other = wakeup(101, 7, 1, 0);
	union sw_event io = {.io_rec = {.hdr = {.kind = SW_REC_IO, .ts = 600}}};
	struct sw_waker_stacks out;

	(void)state;
	sw_stacks__add(s, 0, 1, KERNEL, sizeof(KERNEL));
	sw_stacks__feed(s, &w);
	assert_false(sw_stacks__of(s, &w, &out));
	assert_false(sw_stacks__of(s, &run, &out));
	run.hdr.ts = 400;
	assert_true(sw_stacks__of(s, &run, &out));
	assert_int_equal(out.kernel->frames, 2);
	/* The data taken: once, where it ran in time. */
	io.io_rec.sock = w.wakeup_rec.sock;
	io.io_rec.wakeup_ts = 100;
	io.io_rec.begin = 500;
	assert_true(sw_stacks__of(s, &io, &out));
	io.io_rec.run_ts = 399;
	assert_true(sw_stacks__of(s, &io, &out));
	io.io_rec.run_ts = 400;
	assert_false(sw_stacks__of(s, &io, &out));
	/* Of a wake-up that was never shown. */
	run = run_of(&other, 900);
	assert_false(sw_stacks__of(s, &run, &out));
	sw_stacks__free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_bounded_bytes),
		cmocka_unit_test(test_of_all),
		cmocka_unit_test(test_of_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
