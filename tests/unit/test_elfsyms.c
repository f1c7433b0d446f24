// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Functions by where they are in a file: of this very program, and of files that lie. */
#define _GNU_SOURCE
#include "live/elfsyms.h"

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "small_elf.h"
#include "test.h"

__attribute__((noinline)) int elfsyms_known_function(int x);
__attribute__((noinline)) int elfsyms_known_function(int x)
{
	return x * 7 + 1;
}

/* What the dynamic linker says of this program, as an independent witness. */
static int find_self(struct dl_phdr_info *info, size_t size, void *arg)
{
	const uint64_t at = (uint64_t)(uintptr_t)&elfsyms_known_function;
	uint64_t *offset = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uint64_t start = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_LOAD && at >= start && at < start + p->p_memsz) {
			*offset = at - start + p->p_offset;
			return 1;
		}
	}
	return 0;
}

static void test_self(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t offset = 0, into = 99, address;
	struct sw_elf *e;
	const char *name;

	(void)state;
	assert_int_equal(dl_iterate_phdr(find_self, &offset), 1);
	assert_int_equal(sw_elf__new(fd, &e), 0);
	address = sw_elf__address(e, offset + 2);
	name = sw_elf__function(e, address, &into);
	assert_non_null(name);
	assert_string_equal(name, "elfsyms_known_function");
	assert_int_equal(into, 2);
	assert_null(sw_elf__function(e, 0, &into));
	sw_elf__free(e);
	close(fd);
}

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	return fd;
}

static int try_new(const void *data, size_t len)
{
	struct sw_elf *e = NULL;
	int fd = file_of(data, len), err = sw_elf__new(fd, &e);
	uint64_t into;

	if (!err) {
		sw_elf__function(e, sw_elf__address(e, 0x1000), &into);
		sw_elf__function(e, UINT64_MAX, &into);
	}
	sw_elf__free(e);
	close(fd);
	return err;
}

static void test_no_elf(void **state)
{
	(void)state;
	assert_int_equal(try_new("", 0), -EINVAL);
	assert_int_equal(try_new("#!/bin/sh\n", 10), -EINVAL);
	assert_int_equal(try_new("\177ELF", 4), -EINVAL);
}

static void test_names(void **state)
{
	struct small_elf s = small_elf();
	int fd = file_of(&s, sizeof(s));
	struct sw_elf *e;
	uint64_t into;

	(void)state;
	assert_int_equal(sw_elf__new(fd, &e), 0);
	assert_int_equal(sw_elf__address(e, 0x1012), 0x401012);
	/* Of two names of one function, the one that people call it by. */
	assert_string_equal(sw_elf__function(e, 0x401012, &into), "send");
	assert_int_equal(into, 2);
	assert_null(sw_elf__function(e, 0x40100f, &into));
	assert_null(sw_elf__function(e, 0x401020, &into));		   /* after its end */
	assert_string_equal(sw_elf__function(e, 0x401fff, &into), "tail"); /* has no end */
	sw_elf__free(e);
	close(fd);
}

/* Tables that are longer than the file, names that are not in it, and damage anywhere. */
static void test_lies(void **state)
{
	struct small_elf s = small_elf();

	(void)state;
	s.sections[1].sh_size = 24ull * 100 * 1000 * 1000;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = small_elf();
	s.sections[2].sh_size = UINT64_MAX;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = small_elf();
	s.sections[2].sh_offset = UINT64_MAX - 3;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = small_elf();
	s.symbols[1].st_name = UINT32_MAX;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = small_elf();
	s.sections[1].sh_link = 77;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	for (size_t i = SELFMAG; i < sizeof(s); i++) {
		s = small_elf();
		((unsigned char *)&s)[i] ^= 0xff;
		try_new(&s, sizeof(s));
		try_new(&s, i);
	}
}

/* A file that is as long as it says, of which hardly anything is there. */
static void test_sparse(void **state)
{
	struct small_elf s = small_elf();
	struct sw_elf *e;
	int fd;

	(void)state;
	s.sections[1].sh_size = 24ull * 100 * 1000 * 1000;
	fd = file_of(&s, sizeof(s));
	assert_int_equal(ftruncate(fd, 24ll * 110 * 1000 * 1000), 0);
	assert_int_equal(sw_elf__new(fd, &e), -EFBIG);
	close(fd);
	s = small_elf();
	s.sections[2].sh_size = 1u << 31;
	fd = file_of(&s, sizeof(s));
	assert_int_equal(ftruncate(fd, 1ll << 32), 0);
	assert_int_equal(sw_elf__new(fd, &e), -EFBIG);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_sparse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
