/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A session's options, and what else is on its command line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "cmd/session.h"
#include "cmd/spawn.h"
#include "cmd/thresholds.h"
#include "live/fds.h"

#define BUFFER_MAX (1ull << 30) /* what the kernel can map twice */
/* Events that can show that a wake-up was slow. */
#define SLOW_HOOKS (1u << SW_HOOK_RUN | 1u << SW_HOOK_IO)

int sw_session__duration(void *arg, const char *value)
{
	struct sw_session *s = arg;

	if (sw_parse_duration(value, &s->duration_ns) || !s->duration_ns)
		return sw_options__bad("not a duration:", value, "say 10 (seconds), 500ms or 2m");
	return 0;
}

int sw_session__kill_after(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_session *)arg)->kill_after_ns, value);
}

int sw_session__beside(void *arg, const char *value)
{
	(void)value;
	((struct sw_session *)arg)->beside = true;
	return 0;
}

int sw_session__buffer(void *arg, const char *value)
{
	struct sw_session *s = arg;

	if (sw_parse_size(value, &s->ring_bytes) || s->ring_bytes < SW_RING_MIN ||
	    s->ring_bytes > BUFFER_MAX)
		return sw_options__bad("not a buffer size:", value, "say 4K to 1G for each CPU");
	return 0;
}

int sw_session__attach(void *arg, const char *value)
{
	struct sw_session *s = arg;
	int rung;

	for (rung = 0; rung < SW_RUNG_COUNT; rung++) {
		s->force = rung;
		if (!strcmp(value, sw_rung_name(rung)))
			return 0;
	}
	s->force = SW_RUNG_NONE;
	if (!strcmp(value, "auto"))
		return 0;
	return sw_options__bad("unknown way to attach", value, "say auto, kprobe, fentry or tracepoint");
}

int sw_session__stacks(void *arg, const char *value)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} sides[] = {{"kernel", SW_STACKS_KERNEL}, {"user", SW_STACKS_USER}};
	struct sw_session *s = arg;
	const char *p = value;

	for (;;) {
		size_t n = strcspn(p, ","), i;

		for (i = 0; i < 2; i++)
			if (strlen(sides[i].name) == n && !strncmp(p, sides[i].name, n))
				break;
		if (i == 2)
			return sw_options__bad("unknown stack in", value, "say kernel, user or kernel,user");
		s->stacks |= sides[i].bit;
		if (!p[n])
			return 0;
		p += n + 1;
	}
}

int sw_session__stacks_slow(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_session *)arg)->stacks_slow_ns, value);
}

int sw_session__ready_file(void *arg, const char *value)
{
	((struct sw_session *)arg)->ready_file = value;
	return 0;
}

int sw_session__verbose(void *arg, const char *value)
{
	(void)value;
	((struct sw_session *)arg)->verbose = true;
	return 0;
}

int sw_session__btf(void *arg, const char *value)
{
	((struct sw_session *)arg)->btf = value;
	return 0;
}

/* Who is not there is told so, and of a thread its process is taken. */
static int take_process(pid_t *pid)
{
	pid_t process = sw_process_of(*pid);
	char number[16];

	/* Where /proc hides it, it is for the rest to see whether it can be traced. */
	if (process <= 0 && kill(*pid, 0) && errno == ESRCH) {
		snprintf(number, sizeof(number), "%d", *pid);
		return sw_options__bad("no such process:", number, "see ps -e");
	}
	if (process <= 0 || process == *pid)
		return 0;
	sw_note("%d is a thread of process %d, which is traced", *pid, process);
	*pid = process;
	return 0;
}

static int take_arguments(struct sw_session *s, int argc, char **argv, int first, bool dashes,
			  char ***program)
{
	int error;

	*program = NULL;
	if (first < argc && !dashes)
		return sw_options__bad("unexpected argument", argv[first],
				       "a program to trace goes after --, as in: sockwake -- ls");
	if (dashes && first == argc) {
		sw_error("a program is missing after --: say sockwake -- PROGRAM");
		return -EINVAL;
	}
	if (s->stacks_slow_ns && !s->stacks)
		s->stacks = SW_STACKS_KERNEL | SW_STACKS_USER;
	if (s->stacks_slow_ns && s->filters.asked && !(s->filters.asked & SLOW_HOOKS)) {
		sw_error("--stacks-slow needs the events run or io: name one of them in --events");
		return -EINVAL;
	}
	if (dashes && s->filters.n_pids) {
		sw_error("--pid and -- PROGRAM exclude each other: PROGRAM is the process that is traced");
		return -EINVAL;
	}
	if (!dashes && (s->beside || s->kill_after_ns)) {
		sw_error("%s needs a program: name it after --", s->beside ? "-D" : "--kill-after");
		return -EINVAL;
	}
	for (unsigned int i = 0; i < s->filters.n_pids; i++)
		if (take_process(&s->filters.pids[i]))
			return -EINVAL;
	if (!dashes)
		return 0;
	*program = argv + first;
	/* The first process of a pid namespace takes all others with it. */
	if (s->beside && getpid() == 1)
		sw_note("the program is process 1 here, so its end is ours too: what is not written by "
			"then is lost; without -D, or from outside, it is not");
	sw_inherited__note(&s->inherited);
	error = sw_child__find(**program);
	return error ? sw_child__cannot_run(**program, error) : 0;
}

int sw_session__parse(const struct sw_command *self, void *settings, struct sw_session *s, int argc,
		      char **argv, char ***program)
{
	bool dashes;
	int first, err;

	s->force = SW_RUNG_NONE;
	s->ready = (struct sw_newfile)SW_NEWFILE_NONE;
	first = sw_options__parse(self->options, settings, argc, argv, &dashes);
	if (first == -ECANCELED) {
		sw_command__help(self);
		return SW_EXIT_OK;
	}
	if (first < 0)
		return SW_EXIT_USAGE;
	err = take_arguments(s, argc, argv, first, dashes, program);
	return err < 0 ? SW_EXIT_USAGE : err ? err : SW_GO_ON;
}
