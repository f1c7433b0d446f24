/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake trace: options, the order of things, and how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/parse.h"
#include "cmd/cmd.h"
#include "cmd/filters.h"
#include "cmd/pump.h"
#include "cmd/spawn.h"
#include "live/caps.h"

#define BUFFER_MAX (1ull << 30) /* what the kernel can map twice */
#define WIDTH_DEFAULT 100

struct settings {
	struct sw_filters filters; /* first: the filter options take a pointer to it */
	const struct sw_renderer *renderer;
	enum sw_rung force;
	uint64_t duration_ns; /* 0: no end */
	uint64_t ring_bytes;
	const char *output, *ready_file, *btf;
	bool quiet, live;
};

static int bad(const char *what, const char *value, const char *remedy)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, value, strlen(value));
	sw_error("%s '%.*s': %s", what, (int)b.len, b.data ? b.data : "", remedy);
	sw_buf__free(&b);
	return -EINVAL;
}

static int take_duration(void *arg, const char *value)
{
	struct settings *s = arg;

	if (sw_parse_duration(value, &s->duration_ns) || !s->duration_ns)
		return bad("not a duration:", value, "say 10 (seconds), 500ms or 2m");
	return 0;
}

static int take_buffer(void *arg, const char *value)
{
	struct settings *s = arg;

	if (sw_parse_size(value, &s->ring_bytes) || s->ring_bytes < SW_RING_MIN ||
	    s->ring_bytes > BUFFER_MAX)
		return bad("not a buffer size:", value, "say 4K to 1G for each CPU");
	return 0;
}

static int take_format(void *arg, const char *value)
{
	struct settings *s = arg;

	s->renderer = sw_renderer__find(value);
	return s->renderer ? 0 : bad("unknown format", value, "say text or ndjson");
}

static int take_attach(void *arg, const char *value)
{
	struct settings *s = arg;
	int rung;

	for (rung = 0; rung < SW_RUNG_COUNT; rung++) {
		s->force = rung;
		if (!strcmp(value, sw_rung_name(rung)))
			return 0;
	}
	s->force = SW_RUNG_NONE;
	if (!strcmp(value, "auto"))
		return 0;
	return bad("unknown way to attach", value, "say auto, kprobe, fentry or tracepoint");
}

static int take_output(void *arg, const char *value)
{
	((struct settings *)arg)->output = value;
	return 0;
}

static int take_ready_file(void *arg, const char *value)
{
	((struct settings *)arg)->ready_file = value;
	return 0;
}

static int take_btf(void *arg, const char *value)
{
	((struct settings *)arg)->btf = value;
	return 0;
}

static int take_quiet(void *arg, const char *value)
{
	(void)value;
	((struct settings *)arg)->quiet = true;
	return 0;
}

static int take_live(void *arg, const char *value)
{
	(void)value;
	((struct settings *)arg)->live = true;
	return 0;
}

static const struct sw_option options[] = {
	SW_FILTER_OPTIONS,
	{"duration", 'd', "TIME", "stop after this time: 10 (seconds), 500ms, 2m", take_duration},
	{"output", 'o', "FILE", "write to FILE instead of standard output", take_output},
	{"format", 0, "FORMAT", "text (the default) or ndjson", take_format},
	{"quiet", 'q', NULL, "no lines as it happens: timelines and summary only", take_quiet},
	{"live", 'l', NULL, "lines as it happens and the summary: no timelines", take_live},
	{"attach", 0, "MEANS", "auto (the default), kprobe, fentry or tracepoint", take_attach},
	{"buffer", 0, "SIZE", "ring buffer of each CPU: 4K to 1G (default 4M, less on many CPUs)",
	 take_buffer},
	{"btf", 0, "FILE", "types of a kernel that has no BTF of its own", take_btf},
	{"ready-file", 0, "FILE", "written when every hook is attached", take_ready_file},
	{0},
};

/* Hooks that are traced when --events does not say. */
#define ALL_HOOKS ((1u << SW_HOOK_COUNT) - 1)

static bool wants_colour(const struct settings *s)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !s->output && isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

static unsigned int columns(const struct settings *s)
{
	struct winsize w;

	if (!s->output && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col > 0)
		return w.ws_col;
	return WIDTH_DEFAULT;
}

static int write_ready_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int err = 0;

	if (fd < 0 || write(fd, "ready\n", 6) != 6)
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		sw_error("cannot write the ready file: %s", strerror(-err));
	return err;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Is the program there? Asked before the work of attaching is done. */
static int cannot_exec(const char *program, int error)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, program, strlen(program));
	sw_error("cannot run '%.*s': %s", (int)b.len, b.data ? b.data : "", strerror(error));
	sw_buf__free(&b);
	return error == ENOENT ? SW_EXIT_NOT_FOUND : SW_EXIT_NO_EXEC;
}

static int executable(const char *file)
{
	struct stat st;

	if (stat(file, &st))
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(file, X_OK) ? errno : 0;
}

static int on_path(const char *program)
{
	const char *path = getenv("PATH"), *p;
	int error = ENOENT, found;

	if (strchr(program, '/'))
		return executable(program);
	for (p = path ? path : "/bin:/usr/bin"; *p;) {
		size_t n = strcspn(p, ":");
		char file[4096];

		snprintf(file, sizeof(file), "%.*s%s%s", (int)n, p, n ? "/" : "", program);
		found = executable(file);
		if (!found)
			return 0;
		if (found != ENOENT && found != ENOTDIR)
			error = found;
		p += n + (p[n] == ':');
	}
	return error;
}

/* Attached and about to begin: the header, the ready file, fewer privileges. */
static int begin(const struct settings *s, struct sw_pump *pump, struct sw_child *child,
		 char **program, int *status)
{
	int err;

	err = sw_caps__drop();
	if (err) {
		sw_error("cannot give up privileges: %s", strerror(-err));
		return err;
	}
	err = sw_pump__begin(pump);
	if (!err && s->ready_file)
		err = write_ready_file(s->ready_file);
	if (err || !child->pid)
		return err;
	err = sw_child__go(child);
	if (err)
		*status = cannot_exec(program[0], -err);
	return err;
}

static int trace(struct settings *s, char **program, struct sw_output *out)
{
	struct sw_render_opts ropts = {
		.colour = wants_colour(s),
		.width = columns(s),
		.live = s->live || !s->quiet,
		.timelines = s->quiet || !s->live,
	};
	struct sw_live_opts lopts = {
		.filter = s->filters.filter,
		.pids = s->filters.pids,
		.n_pids = s->filters.n_pids,
		.ports = s->filters.ports,
		.n_ports = s->filters.n_ports,
		.hooks = s->filters.asked ? s->filters.asked : ALL_HOOKS,
		.asked = s->filters.asked,
		.force = s->force,
		.ring_bytes = s->ring_bytes,
	};
	int own_failure = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
	int status = own_failure, err;
	struct sw_child child = {0};
	struct sw_pump *pump = NULL;
	struct sw_live *live = NULL;
	struct sw_kernel kernel;

	if (sw_caps__check())
		return own_failure;
	if (program) {
		err = sw_child__fork(&child, program);
		if (err) {
			sw_error("cannot fork: %s", strerror(-err));
			return own_failure;
		}
		s->filters.pids[0] = child.pid;
		lopts.n_pids = 1;
		lopts.filter.by_pid = 1;
		lopts.filter.follow = 1;
	}
	err = sw_kernel__look(&kernel, s->btf);
	if (!err)
		err = sw_live__open(&kernel, &lopts, &live);
	if (err)
		goto out;
	sw_kernel__forget_types(&kernel);
	pump = sw_pump__new(live, s->renderer, &ropts, out);
	if (!pump) {
		sw_error("out of memory");
		goto out;
	}
	ropts.start_ns = clock_ns(CLOCK_MONOTONIC);
	if (begin(s, pump, &child, program, &status))
		goto out;
	err = sw_pump__run(pump, s->duration_ns, child.pid, &status);
	if (sw_pump__child_over(pump))
		child.pid = 0;
	if (!program || err)
		status = err ? own_failure : SW_EXIT_OK;
out:
	sw_child__end(&child);
	sw_pump__free(pump);
	sw_live__free(live);
	sw_kernel__free(&kernel);
	return status;
}

static int run(const struct sw_command *self, int argc, char **argv)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct sw_output out;
	char **program = NULL;
	int first, status, error;
	bool dashes;

	if (!s)
		return SW_EXIT_USAGE;
	s->renderer = &sw_render_text;
	s->force = SW_RUNG_NONE;
	status = SW_EXIT_USAGE;
	first = sw_options__parse(self->options, s, argc, argv, &dashes);
	if (first == -ECANCELED) {
		sw_command__help(self);
		status = SW_EXIT_OK;
		goto out;
	}
	if (first < 0)
		goto out;
	if (first < argc && !dashes) {
		bad("what is", argv[first], "a program to trace goes behind --");
		goto out;
	}
	if (dashes && first == argc) {
		sw_error("a program is missing behind --");
		goto out;
	}
	if (s->quiet && s->live) {
		sw_error("--quiet and --live exclude each other: without both, all is shown");
		goto out;
	}
	if (dashes && s->filters.n_pids) {
		sw_error("--pid and -- PROGRAM exclude each other: the program is the process");
		goto out;
	}
	if (dashes) {
		program = argv + first;
		error = on_path(program[0]);
		if (error) {
			status = cannot_exec(program[0], error);
			goto out;
		}
	}
	if (sw_output__open(&out, s->output))
		goto out;
	block_signals();
	status = trace(s, program, &out);
	if (sw_output__close(&out) && status != SW_EXIT_OWN)
		status = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
out:
	free(s);
	return status;
}

const struct sw_command sw_cmd_trace = {
	.name = "trace",
	.summary = "print wake-ups as they happen, and each socket's timeline at the end",
	.synopsis = "[OPTIONS] [-- PROGRAM [ARG...]]",
	.about = "Prints each wake-up as it happens and, at the end, what happened to each socket\n"
		 "and what was lost.  Ends with Ctrl-C, after --duration, or with PROGRAM, of which\n"
		 "it then has the exit status; PROGRAM and its children are all that is traced.",
	.options = options,
	.run = run,
};
