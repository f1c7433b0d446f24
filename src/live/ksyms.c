/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/ksyms.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What compilers append to a function that they copied with another calling
 * convention or made unique: GCC's -fipa-sra and -fipa-cp, LLVM's ThinLTO. */
static const char *const whole_suffixes[] = {".isra.", ".constprop.", ".llvm."};
/* Pieces of a function: its unlikely part, or what was split off to inline the
 * rest. Entering them is not entering the function. */
static const char *const piece_suffixes[] = {".cold", ".part."};

static bool is_whole_copy(const char *suffix)
{
	size_t i;

	for (i = 0; i < sizeof(piece_suffixes) / sizeof(*piece_suffixes); i++)
		if (strstr(suffix, piece_suffixes[i]))
			return false;
	for (i = 0; i < sizeof(whole_suffixes) / sizeof(*whole_suffixes); i++)
		if (!strncmp(suffix, whole_suffixes[i], strlen(whole_suffixes[i])))
			return true;
	return false;
}

/* True: it is what was looked for, until there is a better one. */
static bool consider(struct sw_ksym *sym, const char *name, uint64_t address, bool module)
{
	size_t len = strlen(sym->name);
	bool exact;

	if (strncmp(name, sym->name, len))
		return false;
	exact = !name[len];
	if (!exact && !is_whole_copy(name + len))
		return false;
	if (strlen(name) >= sizeof(sym->found))
		return false;
	if (sym->found[0]) {
		bool had_exact = !strcmp(sym->found, sym->name);

		if (module || had_exact || !exact)
			return false;
	}
	strcpy(sym->found, name);
	sym->address = address;
	sym->end = 0;
	return true;
}

int sw_ksyms__read(const char *path, struct sw_ksym *syms, size_t n)
{
	struct sw_ksym *open = NULL; /* whose end is looked for */
	char *line = NULL;
	size_t cap = 0, i;
	ssize_t len;
	FILE *f;
	int err;

	for (i = 0; i < n; i++) {
		syms[i].address = 0;
		syms[i].end = 0;
		syms[i].found[0] = '\0';
	}
	f = fopen(path, "re");
	if (!f)
		return -errno;
	/* address, type, name, and for a module's symbol "\t[module]" */
	while ((len = getline(&line, &cap, f)) > 0) {
		char *name, *end;
		uint64_t address = strtoull(line, &end, 16);
		bool module;

		if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
			continue;
		name = end + 3;
		end = name + strcspn(name, "\t \n");
		module = *end == '\t' || *end == ' ';
		*end = '\0';
		/* They are in the order of their addresses. */
		if (open && address > open->address) {
			open->end = address;
			open = NULL;
		}
		for (i = 0; i < n; i++)
			if (syms[i].name[0] == name[0] &&
			    consider(&syms[i], name, address, module) && address)
				open = &syms[i];
	}
	err = ferror(f) ? -EIO : 0;
	free(line);
	fclose(f);
	return err;
}
