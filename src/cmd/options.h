/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Options as tables: a row is how an option is parsed, what --help says of it
 * and what the man page is checked against.
 */
#ifndef SW_CMD_OPTIONS_H
#define SW_CMD_OPTIONS_H

#include <stddef.h>
#include <stdbool.h>

struct sw_option {
	const char *name;    /* long, without the dashes; NULL ends the table */
	char letter;	     /* short, or 0 */
	const char *metavar; /* what the value is; NULL: it takes none */
	const char *help;    /* one line */
	/* Takes the value (NULL if none) into the command's settings.
	 * Returns 0, or -EINVAL after having told the user. */
	int (*take)(void *settings, const char *value);
	size_t at; /* offset, in the settings, of the object that `take` is given */
};

/*
 * As sw_options__parse(), for commands whose options may stand behind their operands:
 * these are moved to the front of argv[1…], and *n_operands says how many there are.
 * Returns 0, -EINVAL or -ECANCELED.
 */
int sw_options__parse_mixed(const struct sw_option *table, void *settings, int argc, char **argv,
			    int *n_operands);

/* Tells of a value that cannot be taken: "WHAT 'VALUE': REMEDY".  Returns -EINVAL. */
int sw_options__bad(const char *what, const char *value, const char *remedy);

/*
 * Parses argv[1…].  Returns the index of the first operand (argc if none; "--"
 * is skipped and, if `dashes` is not NULL, told there), or -EINVAL after having
 * told the user, or -ECANCELED when --help was asked for (h/help need no row).
 */
int sw_options__parse(const struct sw_option *table, void *settings, int argc, char **argv,
		      bool *dashes);

/* The rows as --help shows them, on stdout. */
void sw_options__help(const struct sw_option *table);

#endif
