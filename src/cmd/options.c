/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/parse.h"

#define HELP_COLUMN 28
#define HELP_COLUMNS 80

/* Not getopt_long(): it takes abbreviations, which tomorrow's option breaks,
 * and its messages name no remedy. */

static const struct sw_option *find_long(const struct sw_option *t, const char *name, size_t n)
{
	for (; t->name; t++)
		if (strlen(t->name) == n && !strncmp(t->name, name, n))
			return t;
	return NULL;
}

static const struct sw_option *find_letter(const struct sw_option *t, char letter)
{
	for (; t->name; t++)
		if (t->letter == letter)
			return t;
	return NULL;
}

int sw_options__bad(const char *what, const char *value, const char *remedy)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, value, strlen(value));
	sw_error("%s '%.*s': %s", what, (int)b.len, b.data ? b.data : "", remedy);
	sw_buf__free(&b);
	return -EINVAL;
}

/* "a, b or c"; the first with "(the default)" behind it, if that is asked for. */
static void put_words(struct sw_buf *b, const struct sw_option *o, bool default_too)
{
	const char *word = o->words(0), *next;

	for (unsigned int i = 0; word; i++, word = next) {
		next = o->words(i + 1);
		if (i)
			sw_buf__puts(b, next ? ", " : " or ");
		sw_buf__puts(b, word);
		if (!i && default_too && o->has_default)
			sw_buf__puts(b, " (the default)");
	}
}

static int bad_word(const struct sw_option *o, const char *value)
{
	struct sw_buf b = {0};

	sw_buf__puts(&b, "say ");
	put_words(&b, o, false);
	sw_buf__putc(&b, '\0');
	sw_options__bad(o->bad, value, b.failed ? "see --help" : b.data);
	sw_buf__free(&b);
	return -EINVAL;
}

static bool find_word(const struct sw_option *o, const char *value, unsigned int *which)
{
	const char *word;

	for (unsigned int i = 0; (word = o->words(i)); i++)
		if (!strcmp(word, value)) {
			*which = i;
			return true;
		}
	return false;
}

static int take_number(const struct sw_option *o, uint64_t *to, const char *value)
{
	uint64_t n = 0;
	int err;

	if (o->type == SW_OPTION_NUMBER)
		err = sw_parse_u64(value, o->min, o->max, &n);
	else if (o->type == SW_OPTION_SIZE)
		err = sw_parse_size(value, &n);
	else
		err = sw_parse_duration(value, &n);
	if (err || n < o->min || n > o->max)
		return sw_options__bad(o->bad, value, o->remedy);
	*to = n;
	return 0;
}

static int take(const struct sw_option *o, void *settings, const char *value)
{
	void *at = (char *)settings + o->at;
	unsigned int which;

	if (o->words && !find_word(o, value, &which))
		return bad_word(o, value);
	switch (o->type) {
	case SW_OPTION_FLAG:
		*(bool *)at = true;
		return 0;
	case SW_OPTION_TEXT:
		*(const char **)at = value;
		return 0;
	case SW_OPTION_NUMBER:
	case SW_OPTION_SIZE:
	case SW_OPTION_DURATION:
		return take_number(o, at, value);
	case SW_OPTION_WORD:
		*(unsigned int *)at = which;
		return 0;
	case SW_OPTION_CUSTOM:
		return o->take(at, value);
	}
	return -EINVAL;
}

/* What the user wrote, fit for the terminal. */
static void complain(const char *problem, const char *arg)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, arg, strlen(arg));
	sw_error("%s '%.*s' (see sockwake --help)", problem, (int)b.len, b.data ? b.data : "");
	sw_buf__free(&b);
}

static int take_long(const struct sw_option *table, void *settings, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *name = arg + 2, *value = strchr(name, '=');
	const struct sw_option *o;

	o = find_long(table, name, value ? (size_t)(value - name) : strlen(name));
	if (!o) {
		if (!strcmp(arg, "--help"))
			return -ECANCELED;
		complain("unknown option", arg);
		return -EINVAL;
	}
	if (!o->metavar && value) {
		complain("this option takes no value:", arg);
		return -EINVAL;
	}
	if (o->metavar && value)
		value++;
	else if (o->metavar && *i + 1 < argc)
		value = argv[++*i];
	if (o->metavar && !value) {
		complain("this option needs a value:", arg);
		return -EINVAL;
	}
	return take(o, settings, value);
}

/* -q, -qd5, -d 5 */
static int take_letters(const struct sw_option *table, void *settings, int argc, char **argv,
			int *i)
{
	const char *arg = argv[*i], *p;

	for (p = arg + 1; *p; p++) {
		const struct sw_option *o = find_letter(table, *p);
		const char *value = NULL;
		int err;

		if (!o) {
			if (*p == 'h')
				return -ECANCELED;
			complain("unknown option", arg);
			return -EINVAL;
		}
		if (o->metavar && p[1])
			value = p + 1;
		else if (o->metavar && *i + 1 < argc)
			value = argv[++*i];
		if (o->metavar && !value) {
			complain("this option needs a value:", arg);
			return -EINVAL;
		}
		err = take(o, settings, value);
		if (err || o->metavar)
			return err;
	}
	return 0;
}

int sw_options__parse(const struct sw_option *table, void *settings, int argc, char **argv,
		      bool *dashes)
{
	int i, err;

	if (dashes)
		*dashes = false;
	for (i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (arg[0] != '-' || !arg[1])
			break;
		if (!strcmp(arg, "--")) {
			if (dashes)
				*dashes = true;
			i++;
			break;
		}
		if (arg[1] == '-')
			err = take_long(table, settings, argc, argv, &i);
		else
			err = take_letters(table, settings, argc, argv, &i);
		if (err)
			return err;
	}
	return i;
}

int sw_options__parse_mixed(const struct sw_option *table, void *settings, int argc, char **argv,
			    int *n_operands)
{
	int at = 0, n = 0, got;
	bool dashes = false;

	while (at < argc && !dashes) {
		got = sw_options__parse(table, settings, argc - at, argv + at, &dashes);
		if (got < 0)
			return got;
		at += got;
		if (at < argc && !dashes)
			argv[++n] = argv[at];
	}
	for (; at < argc; at++)
		argv[++n] = argv[at];
	*n_operands = n;
	return 0;
}

/* Wrapped between words. */
static void put_help(const struct sw_option *o)
{
	unsigned int column = HELP_COLUMN;
	struct sw_buf b = {0};
	char *word, *next;

	sw_buf__puts(&b, o->help);
	if (o->words)
		put_words(&b, o, true);
	sw_buf__putc(&b, '\0');
	for (word = next = b.failed ? NULL : b.data; word && (word = strsep(&next, " "));) {
		unsigned int n = (unsigned int)strlen(word);

		if (column + 1 + n > HELP_COLUMNS && column > HELP_COLUMN) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		column += (unsigned int)printf("%s%s", column > HELP_COLUMN ? " " : "", word);
	}
	putchar('\n');
	sw_buf__free(&b);
}

void sw_options__help(const struct sw_option *t)
{
	for (; t->name; t++) {
		char left[64];
		int n;

		n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", t->letter ? '-' : ' ',
			     t->letter ? t->letter : ' ', t->letter ? ", " : "  ", t->name,
			     t->metavar ? "=" : "", t->metavar ? t->metavar : "");
		if (n >= HELP_COLUMN)
			printf("%s\n%*s", left, HELP_COLUMN, "");
		else
			printf("%-*s", HELP_COLUMN, left);
		put_help(t);
	}
	printf("  %-*s%s\n", HELP_COLUMN - 2, "-h, --help", "show this");
}
