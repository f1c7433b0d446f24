/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Options as tables: a row is how an option is parsed, what --help says of it
 * and what the man page is checked against.
 */
#ifndef SW_CMD_OPTIONS_H
#define SW_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sw_option_type {
	SW_OPTION_CUSTOM,   /* `take` is given the value */
	SW_OPTION_FLAG,	    /* bool: true */
	SW_OPTION_TEXT,	    /* const char *: the value itself */
	SW_OPTION_NUMBER,   /* uint64_t, from min to max, as are the next two */
	SW_OPTION_SIZE,	    /* bytes */
	SW_OPTION_DURATION, /* ns */
	SW_OPTION_WORD,	    /* unsigned int: which of the words */
};

struct sw_option {
	const char *name;    /* long, without the dashes; NULL ends the table */
	char letter;	     /* short, or 0 */
	const char *metavar; /* what the value is; NULL: it takes none */
	const char *help;    /* one line; of an option with words, what stands before these */
	enum sw_option_type type;
	size_t at; /* offset, in the settings, of what it sets; of a custom one, of the object
		    * that `take` is given */
	uint64_t min, max;
	const char *bad, *remedy; /* of a value that cannot be: "BAD 'VALUE': REMEDY" */
	/* The i-th word that the value may be, NULL past the end; the remedy, too. */
	const char *(*words)(unsigned int i);
	bool has_default; /* ... and the first is taken without the option */
	/* Takes the value (NULL if none) into the command's settings.
	 * Returns 0, or -EINVAL after having told the user. */
	int (*take)(void *settings, const char *value);
};

/* Rows.  at: as above; what --help says comes last. */
#define SW_CUSTOM(name_, letter_, metavar_, at_, take_, help_)                   \
	{.name = name_, .letter = letter_, .metavar = metavar_, .help = help_,   \
	 .type = SW_OPTION_CUSTOM, .at = at_, .take = take_}
#define SW_FLAG(name_, letter_, at_, help_) \
	{.name = name_, .letter = letter_, .help = help_, .type = SW_OPTION_FLAG, .at = at_}
#define SW_TEXT(name_, letter_, metavar_, at_, help_)                          \
	{.name = name_, .letter = letter_, .metavar = metavar_, .help = help_, \
	 .type = SW_OPTION_TEXT, .at = at_}
#define SW_NUMBER(name_, metavar_, at_, min_, max_, bad_, remedy_, help_)      \
	{.name = name_, .metavar = metavar_, .help = help_,                    \
	 .type = SW_OPTION_NUMBER, .at = at_, .min = min_, .max = max_,        \
	 .bad = bad_, .remedy = remedy_}
#define SW_SIZE(name_, at_, min_, max_, bad_, remedy_, help_)                  \
	{.name = name_, .metavar = "SIZE", .help = help_,                      \
	 .type = SW_OPTION_SIZE, .at = at_, .min = min_, .max = max_,          \
	 .bad = bad_, .remedy = remedy_}
/* Not 0, unless least_ is. */
#define SW_DURATION(name_, letter_, at_, least_, help_)                        \
	{.name = name_, .letter = letter_, .metavar = "TIME", .help = help_,   \
	 .type = SW_OPTION_DURATION, .at = at_, .min = least_,                 \
	 .max = UINT64_MAX, .bad = "not a duration:",                          \
	 .remedy = "say 500us, 10ms or 2 (seconds)"}
#define SW_WORD(name_, metavar_, at_, words_, bad_, help_)                     \
	{.name = name_, .metavar = metavar_, .help = help_,                    \
	 .type = SW_OPTION_WORD, .at = at_, .words = words_, .bad = bad_,      \
	 .has_default = true}
#define SW_ONE_OF(name_, metavar_, at_, words_, bad_, default_, take_, help_)  \
	{.name = name_, .metavar = metavar_, .help = help_,                    \
	 .type = SW_OPTION_CUSTOM, .at = at_, .words = words_, .bad = bad_,    \
	 .has_default = default_, .take = take_}

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
