/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A session's options, and what else is on its command line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/session.h"
#include "cmd/spawn.h"
#include "live/fds.h"

/* Events that can show that a wake-up was slow. */
#define SLOW_HOOKS (1u << SW_HOOK_RUN | 1u << SW_HOOK_IO)

const char *sw_session__attach_name(unsigned int i)
{
	return !i ? "auto" : i <= SW_RUNG_COUNT ? sw_rung_name((int)i - 1) : NULL;
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

	s->ready = (struct sw_newfile)SW_NEWFILE_NONE;
	first = sw_options__parse(self->options, settings, argc, argv, &dashes);
	if (first == -ECANCELED) {
		sw_command__help(self);
		return SW_EXIT_OK;
	}
	if (first < 0)
		return SW_EXIT_USAGE;
	s->force = s->attach ? (enum sw_rung)(s->attach - 1) : SW_RUNG_NONE;
	err = take_arguments(s, argc, argv, first, dashes, program);
	return err < 0 ? SW_EXIT_USAGE : err ? err : SW_GO_ON;
}
