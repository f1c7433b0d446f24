// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * events TRACE MEMBER...: one line an NDJSON line, with the members' values and
 * tabs between them, "-" for one that is not there.  A member of an object is
 * written waker.pid, an element of an array hooks.0.  For scripts in a guest,
 * where there is no jq.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *member(const json_t *value, const char *path)
{
	char *copy = strdup(path), *rest = copy, *key;

	while (value && (key = strsep(&rest, ".")))
		value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10)) :
					       json_object_get(value, key);
	free(copy);
	return value;
}

static void print(const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		fputs(json_string_value(value), stdout);
		return;
	}
	text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	fputs(text ? text : "-", stdout);
	free(text);
}

int main(int argc, char **argv)
{
	FILE *f = argc > 2 ? fopen(argv[1], "r") : NULL;
	unsigned long number = 0;
	size_t size = 0;
	char *line = NULL;

	if (!f) {
		fprintf(stderr, "usage: events TRACE MEMBER...\n");
		return 2;
	}
	while (getline(&line, &size, f) > 0) {
		json_error_t error;
		json_t *object = json_loads(line, JSON_ALLOW_NUL, &error);

		number++;
		if (!object) {
			fprintf(stderr, "%s:%lu: %s\n", argv[1], number, error.text);
			return 2;
		}
		for (int i = 2; i < argc; i++) {
			print(member(object, argv[i]));
			putchar(i + 1 < argc ? '\t' : '\n');
		}
		json_decref(object);
	}
	free(line);
	fclose(f);
	return ferror(stdout) ? 2 : 0;
}
