// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Names of functions by way of the processes that read strangers' files: of files as they
 * should be, of those that lie or do not end, and when those processes are stopped or killed.
 */
#define _GNU_SOURCE
#include "live/helper.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "live/proc_maps.h"
#include "small_elf.h"
#include "test.h"

#define NS 1000000000ull

static struct sw_helper *helper;
static char folder[200];
static char path[256];

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/sockwake-helper.XXXXXX",
		 getenv("TMPDIR") ?: "/tmp");
	/* Another user is to read in it. */
	if (!mkdtemp(folder) || chmod(folder, 0755) || sw_helper__start(&helper))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sw_helper__end(helper);
	unlink(path);
	return rmdir(folder);
}

/* In place of what was there; the same bytes are another file. */
static void make_file(const void *data, size_t len, off_t size)
{
	char new[sizeof(path) + 4];
	int fd;

	snprintf(new, sizeof(new), "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	if (size)
		assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
	assert_int_equal(rename(new, path), 0);
}

static void make_small(void)
{
	const struct small_elf s = small_elf();

	make_file(&s, sizeof(s), 0);
}

/* As if this program had the file mapped. */
static struct sw_look look_at(void)
{
	struct sw_look l = {.pid = (uint32_t)getpid(), .current = 1, .n = 1, .at = {0x1012}};
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	l.inode = st.st_ino;
	l.major = major(st.st_dev);
	l.minor = minor(st.st_dev);
	strcpy(l.path, path);
	return l;
}

static uint32_t ask(struct sw_look l)
{
	return sw_helper__ask(helper, &l)->head.outcome;
}

static uint32_t ask_anew(void)
{
	return ask(look_at());
}

/* The one child that a process has; 0: none.  The caller knows that there are not more. */
static pid_t child_of(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	pid_t found = 0;

	assert_non_null(proc);
	while (!found && (d = readdir(proc))) {
		char name[300], text[300], *end;
		int fd, is = 0;
		ssize_t n;

		snprintf(name, sizeof(name), "/proc/%s/stat", d->d_name);
		fd = atoi(d->d_name) ? open(name, O_RDONLY | O_CLOEXEC) : -1;
		n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
		if (fd >= 0)
			close(fd);
		text[n > 0 ? n : 0] = '\0';
		end = strrchr(text, ')');
		if (end && sscanf(end, ") %*c %d", &is) == 1 && is == parent)
			found = atoi(d->d_name);
	}
	closedir(proc);
	return found;
}

static pid_t keeper(void)
{
	pid_t pid = child_of(getpid());

	assert_true(pid > 0);
	return pid;
}

static void test_names(void **state)
{
	struct sw_look l;
	const struct sw_answer *a;
	uint32_t file;

	(void)state;
	make_small();
	l = look_at();
	l.n = 3;
	l.at[1] = 0x1f00;
	l.at[2] = 0x1000;
	a = sw_helper__ask(helper, &l);
	assert_int_equal(a->head.outcome, SW_LOOK_NAMES);
	assert_int_equal(a->head.len, 8);
	assert_memory_equal(a->names, "sendtail", 8);
	assert_int_equal(a->found[0].len, 4);
	assert_int_equal(a->found[0].into, 2);
	assert_int_equal(a->found[0].address, 0x401012);
	assert_int_equal(a->found[1].into, 0xe80);
	assert_int_equal(a->found[2].len, 0);
	assert_int_equal(a->found[2].address, 0x401000);
	file = a->head.file;
	/* By its number alone, whatever became of the path; by the path it is the same file. */
	assert_int_not_equal(file, 0);
	assert_int_equal(sw_helper__ask(helper, &l)->head.file, file);
	unlink(path);
	l.file = file;
	assert_int_equal(ask(l), SW_LOOK_NAMES);
	l.file = file + 100;
	assert_int_equal(ask(l), SW_LOOK_GONE);
	/* All that a stack can have. */
	make_small();
	l = look_at();
	l.n = SW_STACK_DEPTH;
	for (unsigned int i = 0; i < l.n; i++)
		l.at[i] = 0x1010;
	a = sw_helper__ask(helper, &l);
	assert_int_equal(a->head.len, 4 * SW_STACK_DEPTH);
	assert_int_not_equal(a->head.file, file);
}

static void test_many_files(void **state)
{
	struct sw_look first;
	uint32_t file;

	(void)state;
	make_small();
	first = look_at();
	first.file = sw_helper__ask(helper, &first)->head.file;
	assert_int_equal(ask(first), SW_LOOK_NAMES);
	/* More than there are processes for: the first gives way, and comes back. */
	for (int i = 0; i < 40; i++) {
		struct small_elf s = small_elf();

		s.symbols[3].st_value += (uint64_t)i;
		make_file(&s, sizeof(s), (off_t)sizeof(s) + i + 1);
		assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	}
	assert_int_equal(ask(first), SW_LOOK_GONE);
	make_small();
	first = look_at();
	file = sw_helper__ask(helper, &first)->head.file;
	assert_int_not_equal(file, 0);
}

/* None of them takes long, and none keeps the next from being read. */
static void test_not_to_be_had(void **state)
{
	const struct small_elf s = small_elf();
	uint64_t began = sw_clock_ns(CLOCK_MONOTONIC);
	char events[4096];
	struct sw_look l;
	int watch;

	(void)state;
	make_small();
	l = look_at();
	unlink(path);
	assert_int_equal(ask(l), SW_LOOK_NONE);
	/* A FIFO would be waited for until somebody writes; its numbers are the mapping's.
	 * It is not even opened, as to open a device can do something. */
	assert_int_equal(mkfifo(path, 0666), 0);
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	assert_int_equal(read(watch, events, sizeof(events)), -1);
	unlink(path);
	make_small();
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	assert_true(read(watch, events, sizeof(events)) > 0);
	close(watch);
	unlink(path);
	assert_int_equal(symlink("/dev/ptmx", path), 0);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	unlink(path);
	/* Another file than the one that was mapped. */
	make_small();
	l = look_at();
	l.inode++;
	assert_int_equal(ask(l), SW_LOOK_NONE);
	make_file("#!/bin/sh\n", 10, 0);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	for (size_t len = 0; len < sizeof(s); len += 40) {
		const struct sw_answer *a;

		make_file(&s, len, 0);
		l = look_at();
		a = sw_helper__ask(helper, &l);
		assert_true(a->head.outcome == SW_LOOK_NONE ||
			    (a->head.outcome == SW_LOOK_NAMES && !a->head.len));
	}
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	assert_true(sw_clock_ns(CLOCK_MONOTONIC) - began < 20 * NS);
}

/* A table of 100 M entries, of which the disk has none: not read, nor asked for again. */
static void test_sparse(void **state)
{
	struct small_elf s = small_elf();
	uint64_t began = sw_clock_ns(CLOCK_MONOTONIC);

	(void)state;
	s.sections[1].sh_size = 24ull * 100 * 1000 * 1000;
	make_file(&s, sizeof(s), 24ll * 110 * 1000 * 1000);
	assert_int_equal(ask_anew(), SW_LOOK_LARGE);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	assert_true(sw_clock_ns(CLOCK_MONOTONIC) - began < 2 * NS);
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
}

static void test_long_name(void **state)
{
	const size_t len = 100 * 1000;
	struct small_elf *s = calloc(1, sizeof(*s) + len);
	const struct sw_answer *a;
	struct sw_look l;

	(void)state;
	*s = small_elf();
	s->sections[2].sh_size = len;
	s->symbols[1].st_name = s->symbols[2].st_name = sizeof(s->names);
	memset((char *)s + offsetof(struct small_elf, names) + sizeof(s->names), 'n',
	       len - sizeof(s->names) - 1);
	make_file(s, sizeof(*s) + len, 0);
	free(s);
	l = look_at();
	a = sw_helper__ask(helper, &l);
	assert_int_equal(a->head.outcome, SW_LOOK_NAMES);
	assert_int_equal(a->found[0].len, SW_SYMBOL_MAX);
	assert_int_equal(a->head.len, SW_SYMBOL_MAX);
	assert_memory_equal(a->names + SW_SYMBOL_MAX - 4, "n...", 4);
}

/* There has to be one: kill(0) is for the group, with the program that runs the tests. */
static void signal_reader(int signal)
{
	pid_t reader = child_of(keeper());

	assert_true(reader > 0);
	assert_int_equal(kill(reader, signal), 0);
}

/* One that dies when it has nothing to do is not missed. */
static void test_reader_killed(void **state)
{
	struct sw_look l;
	pid_t reader;

	(void)state;
	make_small();
	l = look_at();
	l.file = sw_helper__ask(helper, &l)->head.file;
	reader = child_of(keeper());
	assert_true(reader > 0);
	assert_int_equal(kill(reader, SIGKILL), 0);
	assert_int_equal(ask(l), SW_LOOK_GONE);
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	assert_int_not_equal(child_of(keeper()), reader);
}

static bool killed;

static bool kill_reader(void *arg)
{
	pid_t reader = child_of(keeper());

	(void)arg;
	if (reader && !killed)
		killed = !kill(reader, SIGSEGV);
	return false;
}

/* One that dies of its file: no names of that one, and all of the next. */
static void test_killed_midway(void **state)
{
	/* Takes some ten times as long as until the first turn. */
	struct small_elf s = small_elf();
	uint32_t outcome = SW_LOOK_NAMES;

	(void)state;
	s.sections[1].sh_size = 24 * 2500000;
	sw_helper__meanwhile(helper, kill_reader, NULL);
	/* On a busy machine it may be late instead, or done first. */
	for (int tries = 0; tries < 50 && outcome != SW_LOOK_DIED; tries++) {
		killed = false;
		make_file(&s, sizeof(s), 24ll * 2600000 + tries);
		outcome = ask_anew();
	}
	sw_helper__meanwhile(helper, NULL, NULL);
	assert_true(killed);
	assert_int_equal(outcome, SW_LOOK_DIED);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
}

static void test_late(void **state)
{
	uint64_t began = sw_clock_ns(CLOCK_MONOTONIC), took;
	struct sw_look l;

	(void)state;
	make_small();
	l = look_at();
	l.file = sw_helper__ask(helper, &l)->head.file;
	signal_reader(SIGSTOP);
	assert_int_equal(ask(l), SW_LOOK_LATE);
	took = sw_clock_ns(CLOCK_MONOTONIC) - began;
	assert_true(took >= 1 * NS && took < 4 * NS);
	assert_int_equal(ask(l), SW_LOOK_GONE);
	assert_int_equal(ask_anew(), SW_LOOK_NONE);
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
}

/* Of this very program, also when who reads them was killed, or is stopped. */
static void test_mappings(void **state)
{
	const uint64_t here = (uint64_t)(uintptr_t)&test_late;
	struct sw_buf text = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		const uint64_t began = sw_clock_ns(CLOCK_MONOTONIC);
		struct sw_image *image;

		if (i)
			signal_reader(i == 1 ? SIGKILL : SIGSTOP);
		sw_helper__mappings(helper, (uint32_t)getpid(), &text);
		if (i == 2) {
			assert_int_equal(text.len, 0);
			assert_true(sw_clock_ns(CLOCK_MONOTONIC) - began < 4 * NS);
		}
		/* Whose reader does not answer has none, but the next has another reader. */
		if (!text.len)
			sw_helper__mappings(helper, (uint32_t)getpid(), &text);
		image = sw_proc_maps__image(7, &text);
		assert_non_null(image);
		assert_int_equal(image->id, 7);
		assert_non_null(sw_image__find(image, here));
		assert_non_null(strstr(sw_image__find(image, here)->path, "test_helper"));
		assert_null(sw_image__find(image, (uint64_t)(uintptr_t)&text));
		sw_image__put(image);
	}
	sw_helper__mappings(helper, 4194000, &text);
	assert_int_equal(text.len, 0);
	assert_null(sw_proc_maps__image(8, &text));
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	sw_buf__free(&text);
}

static unsigned int turns;

static bool hurry_later(void *arg)
{
	(void)arg;
	return ++turns > 10;
}

/* Whatever the processes do, who wants to end ends. */
static void test_hurry(void **state)
{
	uint64_t began = sw_clock_ns(CLOCK_MONOTONIC), took;
	pid_t stopped = keeper();

	(void)state;
	make_small();
	turns = 0;
	sw_helper__meanwhile(helper, hurry_later, NULL);
	assert_int_equal(kill(stopped, SIGSTOP), 0);
	assert_int_equal(ask_anew(), SW_LOOK_OVER);
	took = sw_clock_ns(CLOCK_MONOTONIC) - began;
	assert_true(took >= NS / 4 && took < 3 * NS / 2);
	began = sw_clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(ask_anew(), SW_LOOK_OVER);
	assert_true(sw_clock_ns(CLOCK_MONOTONIC) - began < NS / 2);
	assert_int_equal(kill(stopped, SIGKILL), 0);
	assert_int_equal(waitpid(stopped, NULL, 0), stopped);
}

static void test_keeper_killed(void **state)
{
	(void)state;
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	assert_int_equal(kill(keeper(), SIGKILL), 0);
	assert_int_equal(ask_anew(), SW_LOOK_OVER);
	assert_int_equal(ask_anew(), SW_LOOK_OVER);
}

/* Nobody is left behind, also by who does not end it by itself. */
static void test_ends(void **state)
{
	pid_t first = keeper(), reader;

	(void)state;
	make_small();
	assert_int_equal(ask_anew(), SW_LOOK_NAMES);
	reader = child_of(first);
	assert_true(reader > 0);
	sw_helper__end(helper);
	helper = NULL;
	assert_int_equal(kill(first, 0), -1);
	assert_int_equal(kill(reader, 0), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),	  TEST(test_many_files),    TEST(test_not_to_be_had),
		TEST(test_sparse),	  TEST(test_long_name),	    TEST(test_reader_killed),
		TEST(test_killed_midway), TEST(test_late),	    TEST(test_mappings),
		TEST(test_hurry),	  TEST(test_keeper_killed), TEST(test_ends),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
