// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * liar PROGRAM: has the ELF file PROGRAM claim a symbol table of a hundred million entries,
 * in a file that is long enough for them and has none of them on the disk.  It still runs.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

#define ENTRIES 100000000ull
#define AT	(1ull << 30) /* behind all that is there */

int main(int argc, char **argv)
{
	Elf64_Ehdr head;
	int fd;

	live_start();
	MUST(argc == 2);
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	MUST(fd >= 0);
	MUST(pread(fd, &head, sizeof(head), 0) == sizeof(head));
	MUST(!memcmp(head.e_ident, ELFMAG, SELFMAG) && head.e_ident[EI_CLASS] == ELFCLASS64);
	for (unsigned int i = 0; i < head.e_shnum; i++) {
		off_t at = (off_t)(head.e_shoff + i * sizeof(Elf64_Shdr));
		Elf64_Shdr section;

		MUST(pread(fd, &section, sizeof(section), at) == sizeof(section));
		if (section.sh_type != SHT_SYMTAB)
			continue;
		section.sh_offset = AT;
		section.sh_size = ENTRIES * sizeof(Elf64_Sym);
		MUST(pwrite(fd, &section, sizeof(section), at) == sizeof(section));
		TRY(ftruncate(fd, (off_t)(AT + section.sh_size)));
		return 0;
	}
	fprintf(stderr, "liar: %s has no symbol table\n", argv[1]);
	return 1;
}
