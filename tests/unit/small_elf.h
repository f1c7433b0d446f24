/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A program with two functions and no code: "send" (and "__send") is 16 bytes at 0x401010,
 * which is 0x1010 in the file; "tail" is at 0x401080 and has no end. */
#ifndef SW_TESTS_SMALL_ELF_H
#define SW_TESTS_SMALL_ELF_H

#include <elf.h>
#include <stddef.h>
#include <string.h>

struct small_elf {
	Elf64_Ehdr head;
	Elf64_Phdr load;
	Elf64_Shdr sections[3];
	Elf64_Sym symbols[4];
	char names[32];
};

static inline struct small_elf small_elf(void)
{
	struct small_elf s = {
		.head = {.e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = offsetof(struct small_elf, load),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1,
			 .e_shoff = offsetof(struct small_elf, sections),
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
			      .sh_offset = offsetof(struct small_elf, symbols),
			      .sh_size = sizeof(s.symbols),
			      .sh_link = 2,
			      .sh_entsize = sizeof(Elf64_Sym)},
			     {.sh_type = SHT_STRTAB,
			      .sh_offset = offsetof(struct small_elf, names),
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

#endif
