/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"

#define HELP_COLUMN 28

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
	return o->take((char *)settings + o->at, value);
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
		err = o->take((char *)settings + o->at, value);
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

void sw_options__help(const struct sw_option *t)
{
	for (; t->name; t++) {
		char left[64];
		int n;

		n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", t->letter ? '-' : ' ',
			     t->letter ? t->letter : ' ', t->letter ? ", " : "  ", t->name,
			     t->metavar ? "=" : "", t->metavar ? t->metavar : "");
		if (n >= HELP_COLUMN)
			printf("%s\n%*s%s\n", left, HELP_COLUMN, "", t->help);
		else
			printf("%-*s%s\n", HELP_COLUMN, left, t->help);
	}
	printf("  %-*s%s\n", HELP_COLUMN - 2, "-h, --help", "show this");
}
