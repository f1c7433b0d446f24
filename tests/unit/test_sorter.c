// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sorter.h"

/* A piece is its own key and its number, so that order and stability show. */
struct piece {
	uint64_t ts, order, number;
	char filling[40];
};

struct seen {
	struct piece last;
	size_t n;
	int fail_at; /* 0: never */
};

static int check(void *arg, const void *data, size_t len)
{
	struct seen *s = arg;
	struct piece p;

	if (s->fail_at && (int)s->n == s->fail_at)
		return -EPIPE;
	assert_true(len >= sizeof(p));
	memcpy(&p, data, sizeof(p));
	/* Their lengths differ, and come out as they went in. */
	assert_int_equal(len, sizeof(p) + p.number % 7);
	if (s->n++) {
		assert_true(p.ts >= s->last.ts);
		if (p.ts == s->last.ts)
			assert_true(p.order >= s->last.order);
		if (p.ts == s->last.ts && p.order == s->last.order)
			assert_true(p.number > s->last.number);
	}
	s->last = p;
	return 0;
}

static void put(struct sw_buf *b, const struct piece *p)
{
	size_t frame = sw_frame__open(b, p->ts, p->order);

	sw_buf__put(b, p, sizeof(*p));
	sw_buf__put(b, "xxxxxx", p->number % 7);
	sw_frame__close(b, frame);
}

static int add_many(struct sw_sorter *s, size_t n, uint64_t keys)
{
	uint64_t random = 88172645463325252ULL;
	struct sw_buf b = {0};
	int err = 0;

	for (size_t i = 0; !err && i < n; i++) {
		struct piece p = {.ts = test_random(&random) % keys,
				  .order = test_random(&random) % 2, .number = i};

		put(&b, &p);
		/* Several at once, too. */
		if (i % 3 && i + 1 < n)
			continue;
		err = b.failed ? -ENOMEM : sw_sorter__add(s, b.data, b.len);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
	return err;
}

static void sort_many(size_t n, uint64_t keys, size_t bytes)
{
	struct sw_sorter *s = sw_sorter__new(bytes, NULL);
	struct seen seen = {0};

	assert_int_equal(add_many(s, n, keys), 0);
	assert_int_equal(sw_sorter__drain(s, check, &seen), 0);
	assert_int_equal(seen.n, n);
	sw_sorter__free(s);
}

static void test_memory(void **state)
{
	(void)state;
	sort_many(0, 1, 1 << 20);
	sort_many(1, 1, 1 << 20);
	sort_many(1000, 50, 1 << 20);
	sort_many(1000, 1, 1 << 20);
	sw_sorter__free(NULL);
}

static void test_runs(void **state)
{
	(void)state;
	sort_many(1000, 50, 10000);
	sort_many(1000, 1, 10000);
	sort_many(1000, UINT64_MAX, 10000);
}

/* As many runs as pieces: more than are merged at once, twice over. */
static void test_passes(void **state)
{
	(void)state;
	sort_many(5000, 300, 1);
	sort_many(5000, 1, 1);
}

static int check_long(void *arg, const void *data, size_t len)
{
	const char *bytes = data;
	size_t *n = arg;

	/* The n-th is n times a prime long, of its number. */
	assert_int_equal(len, *n * 30011);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(bytes[i], (char)*n);
	++*n;
	return 0;
}

/* Longer than what is read, and held, at once; and one of nothing. */
static void test_long(void **state)
{
	struct sw_sorter *s = sw_sorter__new(100000, NULL);
	struct sw_buf b = {0};
	size_t n = 0;

	(void)state;
	for (size_t i = 10; i--;) {
		size_t frame = sw_frame__open(&b, i, 0);

		for (size_t k = 0; k < i * 30011; k++)
			sw_buf__putc(&b, (char)i);
		sw_frame__close(&b, frame);
	}
	assert_int_equal(sw_sorter__add(s, b.data, b.len), 0);
	assert_int_equal(sw_sorter__drain(s, check_long, &n), 0);
	assert_int_equal(n, 10);
	sw_sorter__free(s);
	sw_buf__free(&b);
}

static void test_bad_frames(void **state)
{
	struct sw_sorter *s = sw_sorter__new(1000, NULL);
	struct piece p = {.ts = 1};
	struct sw_buf b = {0};

	(void)state;
	put(&b, &p);
	assert_int_equal(sw_sorter__add(s, b.data, 5), -EINVAL);
	assert_int_equal(sw_sorter__add(s, b.data, b.len - 1), -EINVAL);
	memset(b.data + offsetof(struct sw_frame, len), 0xff, 4);
	assert_int_equal(sw_sorter__add(s, b.data, b.len), -EINVAL);
	assert_int_equal(sw_sorter__add(s, b.data, 0), 0);
	sw_buf__free(&b);
	sw_sorter__free(s);
}

static void test_sink_fails(void **state)
{
	(void)state;
	for (size_t bytes = 1000; bytes <= 1000000; bytes *= 1000) {
		struct sw_sorter *s = sw_sorter__new(bytes, NULL);
		struct seen seen = {.fail_at = 30};

		assert_int_equal(add_many(s, 100, 5), 0);
		assert_int_equal(sw_sorter__drain(s, check, &seen), -EPIPE);
		assert_int_equal(seen.n, 30);
		sw_sorter__free(s);
	}
}

/* The folder is said, and the file has no name in it. */
static void test_folder(void **state)
{
	char folder[] = "/tmp/sockwake-test.XXXXXX";
	struct sw_sorter *s;
	struct seen seen = {0};
	struct dirent *d;
	unsigned int names = 0;
	DIR *dir;

	(void)state;
	s = sw_sorter__new(1000, "/nonexistent/folder");
	assert_int_equal(add_many(s, 100, 5), -ENOENT);
	assert_string_equal(sw_sorter__folder(s), "/nonexistent/folder");
	sw_sorter__free(s);

	assert_non_null(mkdtemp(folder));
	setenv("TMPDIR", folder, 1);
	s = sw_sorter__new(1000, NULL);
	assert_string_equal(sw_sorter__folder(s), folder);
	assert_int_equal(add_many(s, 100, 5), 0);
	dir = opendir(folder);
	while ((d = readdir(dir)))
		names += d->d_name[0] != '.';
	closedir(dir);
	assert_int_equal(names, 0);
	assert_int_equal(sw_sorter__drain(s, check, &seen), 0);
	sw_sorter__free(s);
	setenv("TMPDIR", "", 1);
	s = sw_sorter__new(1000, NULL);
	assert_string_equal(sw_sorter__folder(s), "/tmp");
	sw_sorter__free(s);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(folder), 0);
}

/* A disk that is full, by way of a limit on the size of files. */
static void test_full(void **state)
{
	struct rlimit old, limit;
	struct sw_sorter *s = sw_sorter__new(70000, NULL);

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 200000;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(add_many(s, 10000, 5), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	sw_sorter__free(s);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (unsigned long at = 1;; at++) {
		struct seen seen = {0};
		struct sw_sorter *s;
		int err = -ENOMEM;

		alloc_fail_in = at;
		s = sw_sorter__new(2000, NULL);
		if (s)
			err = add_many(s, 90, 5);
		if (!err)
			err = sw_sorter__drain(s, check, &seen);
		sw_sorter__free(s);
		if (alloc_fail_in) {
			/* It was not reached. */
			alloc_fail_in = 0;
			assert_int_equal(err, 0);
			assert_int_equal(seen.n, 90);
			break;
		}
		assert_true(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),	  cmocka_unit_test(test_runs),
		cmocka_unit_test(test_passes),	  cmocka_unit_test(test_long),
		cmocka_unit_test(test_bad_frames), cmocka_unit_test(test_sink_fails),
		cmocka_unit_test(test_folder),	  cmocka_unit_test(test_full),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
