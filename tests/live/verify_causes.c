// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Who was woken by which wake-up, ran, and took what it told of. */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

static bool is(const struct line *l, const char *type)
{
	return !strcmp(l->type, type);
}

static void check_task_keys(const struct line *l, const json_t *woken)
{
	check_keys(l, woken, "i:pid i:tid s:comm s:via b:confirmed i:woken_ts");
}

void check_cause_keys(const struct line *l)
{
	const json_t *woken;
	size_t i;

	if (is(l, "wakeup")) {
		check_keys(l, l->object, "a:woken");
		json_array_foreach (json_object_get(l->object, "woken"), i, woken)
			check_task_keys(l, woken);
	} else if (is(l, "woken")) {
		check_keys(l, l->object, "i:socket i:wakeup_ts");
		check_task_keys(l, l->object);
	} else if (is(l, "run")) {
		check_keys(l, l->object,
			   "i:ts i:cpu i:pid i:tid s:comm i:socket i:wakeup_ts i:woken_ts i:delay_ns");
		if (number_of(l->object, "ts") - number_of(l->object, "woken_ts") !=
		    number_of(l->object, "delay_ns"))
			problem("line %lu: ts - woken_ts is not delay_ns", l->number);
	} else if (is(l, "io")) {
		check_keys(l, l->object, "i:ts i:end s:op i:result i:pid i:tid s:comm i:socket");
	} else if (is(l, "wait")) {
		check_keys(l, l->object, "s:ended_by");
	} else if (is(l, "finding")) {
		check_keys(l, l->object, "s:kind s:severity i:count i:worst s:unit a:tasks s:advice");
	} else if (is(l, "latency")) {
		check_keys(l, l->object, "s:scope s:gap i:count i:p50 i:p90 i:p99 i:p999 i:max");
	}
}

/* The wake-up of a socket at a time: nearly always a few lines back. */
static const struct line *wakeup_at(const struct lines *trace, size_t from, json_int_t socket,
				    json_int_t ts)
{
	for (size_t i = from + 1; i-- > 0;) {
		const struct line *l = &trace->line[i];

		if (is(l, "wakeup") && number_of(l->object, "ts") == ts &&
		    number_of(l->object, "socket") == socket)
			return l;
	}
	return NULL;
}

static bool woke(const struct lines *trace, const struct line *wakeup, json_int_t ts,
		 json_int_t tid, json_int_t woken_ts)
{
	const json_t *woken;
	size_t i;

	json_array_foreach (json_object_get(wakeup->object, "woken"), i, woken)
		if (number_of(woken, "tid") == tid && number_of(woken, "woken_ts") == woken_ts)
			return true;
	for (i = 0; i < trace->count; i++)
		if (is(&trace->line[i], "woken") && number_of(trace->line[i].object, "tid") == tid &&
		    number_of(trace->line[i].object, "wakeup_ts") == ts)
			return true;
	return false;
}

/* The trace is gone by the time that somebody asks. */
static void show_line(const struct line *l)
{
	char *text = json_dumps(l->object, JSON_COMPACT);

	printf("line %lu: %s\n", l->number, text ? text : "");
	free(text);
}

static void missing_wakeup(const struct lines *trace, const struct line *l, json_int_t ts)
{
	problem("line %lu (%s): there is no wake-up of its socket at %lld", l->number, l->type,
		(long long)ts);
	show_line(l);
	for (size_t i = 0; i < trace->count; i++)
		if (is(&trace->line[i], "wakeup") && number_of(trace->line[i].object, "ts") == ts)
			show_line(&trace->line[i]);
}

static void check_cause(const struct lines *trace, size_t at, bool lossy)
{
	const struct line *l = &trace->line[at], *wakeup;
	json_int_t ts = number_of(l->object, "wakeup_ts");

	if (!ts) {
		/* But for a send that finds no room, or some again, and a task that spins. */
		if (is(l, "io") && !lossy && strcmp(text_of(l->object, "op"), "send") &&
		    !json_object_get(l->object, "tries"))
			check_keys(l, l->object, "i:wakeup_ts");
		return;
	}
	wakeup = wakeup_at(trace, at, number_of(l->object, "socket"), ts);
	if (!wakeup) {
		if (!lossy)
			missing_wakeup(trace, l, ts);
		return;
	}
	if (is(l, "run")) {
		json_int_t woken = number_of(l->object, "woken_ts");

		if (woken < ts || number_of(l->object, "ts") < woken)
			problem("line %lu (run): fired, woken and run are not in order", l->number);
		if (!lossy && !woke(trace, wakeup, ts, number_of(l->object, "tid"), woken))
			problem("line %lu (run): line %lu did not wake the task", l->number,
				wakeup->number);
	}
	if (is(l, "io") && json_object_get(l->object, "run_ts") &&
	    (number_of(l->object, "run_ts") < ts ||
	     number_of(l->object, "end") < number_of(l->object, "run_ts")))
		problem("line %lu (io): fired, run and taken are not in order", l->number);
}

void check_causes(const struct lines *trace)
{
	const json_t *summary = trace->line[trace->count - 1].object;
	bool lossy = !json_is_true(json_object_get(summary, "complete"));

	for (size_t i = 0; i < trace->count; i++) {
		const struct line *l = &trace->line[i];

		if (is(l, "run") || is(l, "io") || is(l, "wait"))
			check_cause(trace, i, lossy);
	}
}

json_int_t count_woken(const struct lines *trace, json_int_t id, const json_t *expectation)
{
	json_t *members = json_copy((json_t *)expectation);
	const char *callback = text_of(expectation, "callback");
	json_int_t n = 0;

	json_object_del(members, "callback");
	for (size_t i = 0; i < trace->count; i++) {
		const json_t *object = trace->line[i].object, *woken;
		size_t k;

		if (id && number_of(object, "socket") != id)
			continue;
		if (is(&trace->line[i], "wakeup") &&
		    (!*callback || !strcmp(text_of(object, "callback"), callback)))
			json_array_foreach (json_object_get(object, "woken"), k, woken)
				n += (!json_object_get(woken, "awake") ||
				      json_object_get(expectation, "awake")) &&
				     members_fit(members, woken);
		if (is(&trace->line[i], "woken"))
			n += members_fit(members, object);
	}
	json_decref(members);
	return n;
}
