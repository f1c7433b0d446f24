// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Messages: a line each on stderr, however long. */
#include "test.h"

#include <unistd.h>

#include "base/log.h"

static char got[4096];

/* What `say` writes to stderr. */
static void listen_to(void (*say)(void))
{
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	say();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	fclose(f);
}

static void say_error(void)
{
	sw_error("no %s: %d", "luck", 7);
}

static void say_much(void)
{
	sw_error("%01500d", 7);
}

static void say_note(void)
{
	sw_note("by the way");
}

static void test_one_line(void **state)
{
	(void)state;
	listen_to(say_error);
	assert_string_equal(got, "sockwake: no luck: 7\n");
	listen_to(say_much);
	assert_true(strlen(got) > 1000 && strlen(got) < 1100);
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

static void test_note(void **state)
{
	(void)state;
	listen_to(say_note);
	assert_string_equal(got, "sockwake: by the way\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
