/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where a path leads, and whose links are followed on the way. */
#define _GNU_SOURCE
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/place.h"

static char top[] = "/tmp/sockwake-place.XXXXXX";

static int make_top(void **state)
{
	(void)state;
	return !mkdtemp(top) || chdir(top);
}

static int remove_top(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return chdir("/") || system(command);
}

/* Of the folder that was found. */
static bool is_in(const struct sw_place *p, const char *folder)
{
	struct stat a, b;

	return !fstat(p->folder, &a) && !stat(folder, &b) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static void expect(const char *path, const char *folder, const char *name)
{
	struct sw_place p;

	assert_int_equal(sw_place__find(&p, path), 0);
	assert_string_equal(p.name, name);
	assert_true(is_in(&p, folder));
	assert_int_equal(p.descriptor, -1);
	sw_place__free(&p);
}

static void expect_error(const char *path, int err)
{
	struct sw_place p;
	int got = sw_place__find(&p, path);

	if (got != err)
		print_error("%s: %d\n", path, got);
	assert_int_equal(got, err);
	sw_place__free(&p);
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void test_ways(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(mkdir("a", 0700), 0);
	assert_int_equal(mkdir("a/b", 0700), 0);
	touch("a/file");
	expect("file", ".", "file");
	expect("./new", ".", "new");
	expect("a/file", "a", "file");
	expect("a//b/.././file", "a", "file");
	expect("a/b/../../x", ".", "x");
	snprintf(path, sizeof(path), "%s/a/b/new", top);
	expect(path, "a/b", "new");
	expect("/tmp", "/", "tmp");
	expect_error("", -ENOENT);
	expect_error("/", -EISDIR);
	expect_error("a/", -EISDIR);
	expect_error("a/..", -EISDIR);
	expect_error("a/.", -EISDIR);
	expect_error("no/file", -ENOENT);
	expect_error("a/file/x", -ENOTDIR);
}

static void test_links(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(symlink("a/file", "to-file"), 0);
	assert_int_equal(symlink("a", "to-a"), 0);
	assert_int_equal(symlink("to-a/b", "to-b"), 0);
	assert_int_equal(symlink("nowhere", "to-nothing"), 0);
	snprintf(path, sizeof(path), "%s/a", top);
	assert_int_equal(symlink(path, "to-a-from-root"), 0);
	assert_int_equal(symlink("round", "round"), 0);
	expect("to-file", "a", "file");
	expect("to-a/file", "a", "file");
	expect("to-b/x", "a/b", "x");
	expect("to-nothing", ".", "nowhere");
	expect("to-a-from-root/b/../file", "a", "file");
	expect_error("to-a/", -EISDIR);
	expect_error("round", -ELOOP);
}

/* A folder that others can write to: our own link is ours, and with another name it may
 * have been made one by somebody else. */
static void test_shared(void **state)
{
	(void)state;
	assert_int_equal(mkdir("shared", 0700), 0);
	assert_int_equal(chmod("shared", 01777), 0);
	assert_int_equal(symlink("../a/file", "shared/link"), 0);
	assert_int_equal(symlink("../a", "shared/folder"), 0);
	expect("shared/link", "a", "file");
	expect("shared/folder/x", "a", "x");
	assert_int_equal(link("shared/link", "shared/other"), 0);
	expect_error("shared/link", -ELOOP);
	expect_error("shared/other", -ELOOP);
	assert_int_equal(unlink("shared/other"), 0);
	if (geteuid())
		return;
	/* Of somebody else. */
	assert_int_equal(lchown("shared/link", 12345, 12345), 0);
	assert_int_equal(lchown("shared/folder", 12345, 12345), 0);
	expect_error("shared/link", -ELOOP);
	expect_error("shared/folder/x", -ELOOP);
	expect("shared/file", "shared", "file");
	/* In a folder that only we can write to it is our doing that it is there. */
	assert_int_equal(chmod("shared", 0755), 0);
	expect("shared/link", "a", "file");
	/* Somebody else's folder: he can put any link there, also one of ours. */
	assert_int_equal(lchown("shared/link", 0, 0), 0);
	assert_int_equal(chown("shared", 12345, 12345), 0);
	expect_error("shared/link", -ELOOP);
	expect("shared/file", "shared", "file");
}

static void test_descriptors(void **state)
{
	static const struct {
		const char *path;
		int fd;
	} rows[] = {
		{"/dev/stdout", 1}, {"/dev/stderr", 2}, {"/dev/fd/7", 7}, {"/proc/self/fd/12", 12},
	};
	struct sw_place p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(sw_place__find(&p, rows[i].path), 0);
		if (p.descriptor != rows[i].fd || p.name)
			fail_row(i, "descriptor %d", p.descriptor);
		sw_place__free(&p);
	}
	assert_int_equal(symlink("/dev/stdout", "log"), 0);
	assert_int_equal(sw_place__find(&p, "log"), 0);
	assert_int_equal(p.descriptor, 1);
	sw_place__free(&p);
	expect("/dev/null", "/dev", "null");
	expect("/dev/stdoutx", "/dev", "stdoutx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
