/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The parts of verify: the trace's lines and its ledger (verify.c), and who woke
 * whom (verify_causes.c). */
#ifndef VERIFY_H
#define VERIFY_H

#include <jansson.h>
#include <stdbool.h>

struct line {
	json_t *object;
	unsigned long number;
	const char *type;
	bool used; /* an expectation has it */
};

struct lines {
	const char *file;
	struct line *line;
	size_t count;
};

__attribute__((format(printf, 1, 2))) void problem(const char *format, ...);
const char *text_of(const json_t *object, const char *key);
json_int_t number_of(const json_t *object, const char *key);
/* "i:ts s:callback …": members that must be there, and of which type. */
void check_keys(const struct line *l, const json_t *object, const char *keys);
/* Every member of the expectation but the keywords is in the object, the same. */
bool members_fit(const json_t *expectation, const json_t *object);

/* Of one line: a wake-up's tasks, a run, a call. */
void check_cause_keys(const struct line *l);
/* Over all: runs, calls and waits belong to wake-ups that are there, in order. */
void check_causes(const struct lines *trace);
/* The tasks told with wake-ups, or late, that the expectation means; of the socket
 * with this id, or of all (0). */
json_int_t count_woken(const struct lines *trace, json_int_t id, const json_t *expectation);

#endif
