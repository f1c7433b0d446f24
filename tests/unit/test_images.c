// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What processes had mapped at a moment, from events that come in any order of CPUs. */
#define _GNU_SOURCE
#include "live/images.h"

#include <unistd.h>

#include "base/clock.h"
#include "bounds.h"
#include "live/proc_maps.h"
#include "test.h"

#define NOBODY 4194000 /* a number that /proc does not have */

/* In place of the kernel: what is in there is told once. */
static struct sw_mmap_event told[64];
static unsigned int n_told;
static bool refused;

int sw_mmaps__new(struct sw_mmaps **out)
{
	*out = (void *)told;
	return refused ? -EACCES : 0;
}

void sw_mmaps__free(struct sw_mmaps *m)
{
	(void)m;
}

void sw_mmaps__drain(struct sw_mmaps *m,
		     void (*take)(void *arg, const struct sw_mmap_event *ev), void *arg)
{
	unsigned int n = n_told;

	(void)m;
	n_told = 0;
	for (unsigned int i = 0; i < n; i++)
		take(arg, &told[i]);
}

static struct sw_image *read_maps(void *arg, uint32_t id, uint32_t pid)
{
	struct sw_buf text = {0};
	struct sw_image *image;

	(void)arg;
	sw_proc_maps__read(pid, &text, SIZE_MAX);
	image = sw_proc_maps__image(id, &text);
	sw_buf__free(&text);
	return image;
}

/* Of late: what is long ago is forgotten. */
static uint64_t base;
#define T(ns) (base + (ns))

static int set_base(void **state)
{
	(void)state;
	base = sw_clock_ns(CLOCK_MONOTONIC) - 1000000000;
	return 0;
}

static void tell(unsigned int kind, uint64_t ts, uint32_t pid)
{
	told[n_told++] = (struct sw_mmap_event){.kind = kind, .ts = ts, .pid = pid};
}

static void tell_fork(uint64_t ts, uint32_t parent, uint32_t pid)
{
	tell(SW_MMAP_FORK, ts, pid);
	told[n_told - 1].parent = parent;
}

static void tell_map(uint64_t ts, uint32_t pid, uint64_t start, const char *path,
		     uint64_t inode)
{
	tell(SW_MMAP_MAP, ts, pid);
	told[n_told - 1].start = start;
	told[n_told - 1].len = 0x1000;
	told[n_told - 1].path = path;
	told[n_told - 1].inode = inode;
}

static void assert_at(struct sw_images *im, uint32_t pid, uint64_t ts, uint64_t address,
		      const char *path)
{
	struct sw_image *image = sw_images__at(im, pid, ts);
	struct sw_mapping *m = image ? sw_image__find(image, address) : NULL;

	if (!path) {
		assert_null(m);
		return;
	}
	assert_non_null(m);
	assert_string_equal(m->path, path);
}

static void test_exec(void **state)
{
	struct sw_images *im = sw_images__new(read_maps, NULL);
	uint32_t first, second;

	(void)state;
	/* The second CPU's is older than the first's. */
	tell(SW_MMAP_EXEC, T(2000), NOBODY);
	tell_map(T(2001), NOBODY, 0x400000, "/second", 2);
	tell(SW_MMAP_EXEC, T(1000), NOBODY);
	tell_map(T(1001), NOBODY, 0x400000, "/first", 1);
	sw_images__drain(im, T(5000));
	assert_at(im, NOBODY, T(999), 0x400000, NULL);
	assert_at(im, NOBODY, T(1500), 0x400fff, "/first");
	assert_at(im, NOBODY, T(1500), 0x401000, NULL);
	assert_at(im, NOBODY, T(2500), 0x400000, "/second");
	first = sw_images__at(im, NOBODY, T(1500))->id;
	second = sw_images__at(im, NOBODY, T(2500))->id;
	assert_int_not_equal(first, second);

	/* What is not of the time that was asked for has not happened yet. */
	tell(SW_MMAP_EXEC, T(9000), NOBODY);
	sw_images__drain(im, T(6000));
	assert_int_equal(sw_images__at(im, NOBODY, T(5500))->id, second);
	assert_false(sw_images__is_current(im, NOBODY, sw_images__at(im, NOBODY, T(5500))));
	sw_images__drain(im, T(10000));
	assert_at(im, NOBODY, T(9500), 0x400000, NULL);
	sw_images__free(im);
}

/* A library that is loaded later belongs to the same program; one that takes the place of
 * another, or memory without a file that does, makes it another one. */
static void test_maps(void **state)
{
	struct sw_images *im = sw_images__new(read_maps, NULL);
	uint32_t id;

	(void)state;
	tell(SW_MMAP_EXEC, T(1000), NOBODY);
	tell_map(T(1001), NOBODY, 0x400000, "/program", 1);
	sw_images__drain(im, T(2000));
	id = sw_images__at(im, NOBODY, T(1500))->id;
	tell_map(T(2001), NOBODY, 0x700000, "/library", 2);
	tell_map(T(2002), NOBODY, 0x900000, "//anon", 0);
	sw_images__drain(im, T(3000));
	assert_int_equal(sw_images__at(im, NOBODY, T(2500))->id, id);
	assert_int_equal(sw_images__at(im, NOBODY, T(2500))->n, 2);
	assert_at(im, NOBODY, T(2500), 0x700000, "/library");
	/* Only its permissions. */
	tell_map(T(3001), NOBODY, 0x700000, "/library", 2);
	sw_images__drain(im, T(4000));
	assert_int_equal(sw_images__at(im, NOBODY, T(3500))->id, id);
	tell_map(T(4001), NOBODY, 0x700000, "/other", 3);
	tell_map(T(5001), NOBODY, 0x700000, "//anon", 0);
	sw_images__drain(im, T(6000));
	assert_at(im, NOBODY, T(3500), 0x700000, "/library");
	assert_at(im, NOBODY, T(4500), 0x700000, "/other");
	assert_at(im, NOBODY, T(5500), 0x700000, NULL);
	assert_at(im, NOBODY, T(5500), 0x400000, "/program");
	assert_int_not_equal(sw_images__at(im, NOBODY, T(4500))->id, id);
	sw_images__free(im);
}

static void test_fork(void **state)
{
	struct sw_images *im = sw_images__new(read_maps, NULL);

	(void)state;
	tell(SW_MMAP_EXEC, T(1000), NOBODY);
	tell_map(T(1001), NOBODY, 0x400000, "/program", 1);
	tell_fork(T(2000), NOBODY, NOBODY + 1);
	/* What one of them loads then, the other one does not have. */
	tell_map(T(3000), NOBODY + 1, 0x700000, "/library", 2);
	tell_map(T(3001), NOBODY, 0x700000, "/other", 3);
	sw_images__drain(im, T(4000));
	assert_at(im, NOBODY + 1, T(2500), 0x400000, "/program");
	assert_at(im, NOBODY + 1, T(3500), 0x700000, "/library");
	assert_at(im, NOBODY, T(3500), 0x700000, "/other");
	/* The number is used again. */
	tell(SW_MMAP_EXIT, T(5000), NOBODY + 1);
	tell_fork(T(6000), NOBODY, NOBODY + 1);
	sw_images__drain(im, T(7000));
	assert_at(im, NOBODY + 1, T(4500), 0x700000, "/library");
	assert_at(im, NOBODY + 1, T(6500), 0x700000, "/other");
	sw_images__free(im);
}

/* What was there before is read from /proc, unless it has become another program. */
static void test_proc(void **state)
{
	struct sw_images *im = sw_images__new(read_maps, NULL);
	uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	uint32_t me = (uint32_t)getpid();
	struct sw_image *image;

	(void)state;
	assert_null(sw_images__at(im, NOBODY, now));
	image = sw_images__at(im, me, now);
	assert_non_null(image);
	assert_non_null(sw_image__find(image, (uint64_t)(uintptr_t)&test_proc));
	assert_true(sw_images__is_current(im, me, image));
	/* Events were lost: nothing is known of the time before. */
	tell(SW_MMAP_LOST, now, 0);
	sw_images__drain(im, now + 1);
	assert_null(sw_images__at(im, me, now));
	assert_non_null(sw_images__at(im, me, sw_clock_ns(CLOCK_MONOTONIC)));
	sw_images__free(im);

	im = sw_images__new(read_maps, NULL);
	tell(SW_MMAP_EXEC, now + 1000, me);
	assert_null(sw_images__at(im, me, now));
	sw_images__free(im);
	n_told = 0;
}

/* Where the kernel does not tell, /proc is all that there is. */
static void test_not_told(void **state)
{
	struct sw_image *image;
	struct sw_images *im;
	uint32_t id;

	(void)state;
	refused = true;
	im = sw_images__new(read_maps, NULL);
	refused = false;
	image = sw_images__at(im, (uint32_t)getpid(), 1);
	assert_non_null(image);
	id = image->id;
	usleep(20000);
	assert_int_equal(sw_images__at(im, (uint32_t)getpid(), 2)->id, id);
	assert_null(sw_images__at(im, NOBODY, 3));
	sw_images__free(im);
}

/* Processes that ended long ago, and programs of long ago, are forgotten. */
static void test_sweep(void **state)
{
	uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	struct sw_images *im = sw_images__new(read_maps, NULL);

	(void)state;
	if (now < 20000000000ull)
		skip();
	tell(SW_MMAP_EXEC, now - 15000000000ull, NOBODY);
	tell_map(now - 14999999000ull, NOBODY, 0x400000, "/first", 1);
	tell(SW_MMAP_EXEC, now - 10000000000ull, NOBODY);
	tell_map(now - 9999999000ull, NOBODY, 0x400000, "/second", 2);
	tell_fork(now - 9999998000ull, NOBODY, NOBODY + 1);
	tell(SW_MMAP_EXIT, now - 9999997000ull, NOBODY + 1);
	sw_images__drain(im, now);
	assert_at(im, NOBODY, now - 12000000000ull, 0x400000, NULL);
	assert_at(im, NOBODY, now, 0x400000, "/second");
	assert_at(im, NOBODY + 1, now, 0x400000, NULL);
	sw_images__free(im);
}

/* Somebody maps more than there is time, or room, for: what was before is not known then. */
static void test_bounds(void **state)
{
	struct sw_images *im = sw_images__new(read_maps, NULL);
	uint64_t ts = T(1000), place;
	char path[4000];
	size_t held;

	(void)state;
	tell(SW_MMAP_EXEC, ts, NOBODY);
	tell_map(++ts, NOBODY, 0x400000, "/program", 1);
	sw_images__drain(im, T(2000));
	assert_at(im, NOBODY, T(1500), 0x400000, "/program");
	for (unsigned int i = 0; i < SW_MAPS_PENDING + 10; i++) {
		tell_map(T(3000), NOBODY, 0x400000, "/other", 2 + i);
		sw_images__collect(im);
	}
	sw_images__drain(im, T(4000));
	assert_at(im, NOBODY, T(1500), 0x400000, NULL);
	assert_at(im, NOBODY, T(3500), 0x400000, NULL);
	assert_int_equal(sw_image__held(), 0);

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ts = sw_clock_ns(CLOCK_MONOTONIC);
	tell(SW_MMAP_EXEC, ts, NOBODY);
	for (unsigned int i = 0; i < 3 * (SW_IMAGES_BYTES >> 12); i++) {
		place = (uint64_t)(i % 1000 + 1) << 20;
		tell_map(++ts, NOBODY, place, path, 2 + i);
		sw_images__drain(im, ts + 1);
		held = sw_image__held();
		assert_true(held <= SW_IMAGES_BYTES + 1000 * (sizeof(path) + 100));
	}
	sw_images__free(im);
	assert_int_equal(sw_image__held(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exec),	 cmocka_unit_test(test_maps),
		cmocka_unit_test(test_fork),	 cmocka_unit_test(test_proc),
		cmocka_unit_test(test_not_told), cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, set_base, NULL);
}
