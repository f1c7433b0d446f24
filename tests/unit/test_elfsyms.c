// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Functions by where they are in a file: of this very program, and of files that lie. */
#define _GNU_SOURCE
#include "live/elfsyms.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

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

struct small {
	Elf64_Ehdr head;
	Elf64_Phdr load;
	Elf64_Shdr sections[3];
	Elf64_Sym symbols[4];
	char names[32];
};

static struct small sample(void)
{
	struct small s = {
		.head = {.e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = offsetof(struct small, load),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1,
			 .e_shoff = offsetof(struct small, sections),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3,
			 .e_ehsize = sizeof(Elf64_Ehdr)},
		.load = {.p_type = PT_LOAD,
			 .p_flags = PF_R | PF_X,
			 .p_offset = 0x1000,
			 .p_vaddr = 0x401000,
			 .p_filesz = 0x1000,
			 .p_memsz = 0x1000},
		.sections = {{0},
			     {.sh_type = SHT_SYMTAB,
			      .sh_offset = offsetof(struct small, symbols),
			      .sh_size = sizeof(s.symbols),
			      .sh_link = 2,
			      .sh_entsize = sizeof(Elf64_Sym)},
			     {.sh_type = SHT_STRTAB,
			      .sh_offset = offsetof(struct small, names),
			      .sh_size = sizeof(s.names)}},
		.symbols = {{0},
			    {.st_name = 1,
			     .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			     .st_shndx = 1,
			     .st_value = 0x401010,
			     .st_size = 16},
			    {.st_name = 8,
			     .st_info = ELF64_ST_INFO(STB_WEAK, STT_FUNC),
			     .st_shndx = 1,
			     .st_value = 0x401010,
			     .st_size = 16},
			    {.st_name = 13,
			     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
			     .st_shndx = 1,
			     .st_value = 0x401080,
			     .st_size = 0}},
		.names = "\0__send\0send\0tail",
	};

	memcpy(s.head.e_ident, ELFMAG, SELFMAG);
	s.head.e_ident[EI_CLASS] = ELFCLASS64;
	s.head.e_ident[EI_DATA] = ELFDATA2LSB;
	s.head.e_ident[EI_VERSION] = EV_CURRENT;
	return s;
}

static void test_names(void **state)
{
	struct small s = sample();
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
	struct small s = sample();

	(void)state;
	s.sections[1].sh_size = 24ull * 100 * 1000 * 1000;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = sample();
	s.sections[2].sh_offset = UINT64_MAX - 3;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = sample();
	s.symbols[1].st_name = UINT32_MAX;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	s = sample();
	s.sections[1].sh_link = 77;
	assert_int_equal(try_new(&s, sizeof(s)), 0);
	for (size_t i = SELFMAG; i < sizeof(s); i++) {
		s = sample();
		((unsigned char *)&s)[i] ^= 0xff;
		try_new(&s, sizeof(s));
		try_new(&s, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
