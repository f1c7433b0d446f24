/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake record: a live session, written into trace files. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/log.h"
#include "base/parse.h"
#include "cmd/cmd.h"
#include "cmd/session.h"
#include "cmd/trace_files.h"

#define DEFAULT_NAME "sockwake.swk"
#define MAX_SIZE_LEAST (64u << 10)
#define ROTATE_MOST 1000
#define PROGRESS_NS 250000000ull

struct settings {
	struct sw_session session;
	struct sw_trace_files files;
	/* While it runs. */
	const struct sw_trace_info *info;
	bool tells;
	struct sw_buf command; /* the command line, for the file to tell */
	bool progress, shown;
	uint64_t begun, told; /* when; ns */
};

#define SESSION offsetof(struct settings, session)
#define FILES(name) offsetof(struct settings, files.name)

static const struct sw_option options[] = {
	SW_TEXT("output", 'o', "FILE", FILES(output),
		"write to FILE (sockwake.swk); - is standard output"),
	SW_FLAG("force", 'f', FILES(force), "overwrite FILE"),
	SW_SIZE("max-size", FILES(max_size), MAX_SIZE_LEAST, UINT64_MAX, "not a file size:",
		"say 64K or more, such as 100M", "stop when FILE is this large (64K or more)"),
	SW_NUMBER("rotate", "N", FILES(rotate), 2, ROTATE_MOST, "not a number of files:",
		  "say 2 to 1000",
		  "... but go on in FILE.2, FILE.3, ... and keep the last N (2 to 1000)"),
	SW_FILTER_OPTIONS(SESSION + offsetof(struct sw_session, filters)),
	SW_STACKS_OPTION(SESSION),
	SW_SESSION_OPTIONS(SESSION),
	{0},
};

/* --- progress --------------------------------------------------------------------- */

static uint64_t lost(const struct sw_trace_info *info)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < info->n_hooks; i++)
		for (unsigned int k = 0; k < SW_LOST_COUNT; k++)
			n += info->hooks[i].count.lost[k];
	return n;
}

static void put_state(const struct settings *s, struct sw_buf *b, uint64_t now)
{
	uint64_t records = sw_trace_files__records(&s->files), ns = now - s->begun;

	sw_human_count(b, records);
	sw_buf__puts(b, " records, ");
	sw_human_bytes(b, sw_trace_files__bytes(&s->files));
	sw_buf__puts(b, ", ");
	sw_human_count(b, lost(s->info));
	sw_buf__puts(b, " lost, ");
	sw_human_count(b, ns ? (uint64_t)((double)records * 1e9 / (double)ns) : 0);
	sw_buf__puts(b, " records/s");
}

static void show_progress(struct settings *s, uint64_t now)
{
	struct sw_buf b = {0};

	if (!s->progress || now - s->told < PROGRESS_NS)
		return;
	s->told = now;
	put_state(s, &b, now);
	if (!b.failed)
		fprintf(stderr, "\r%.*s\033[K", (int)b.len, b.data);
	s->shown = true;
	sw_buf__free(&b);
}

static void show_end(const struct settings *s)
{
	struct sw_buf b = {0}, name = {0};
	uint64_t missed = lost(s->info);

	if (s->progress) {
		put_state(s, &b, sw_clock_ns(CLOCK_MONOTONIC));
		sw_escape_text(&name, s->files.output, strlen(s->files.output));
		if (!b.failed && !name.failed)
			fprintf(stderr, "sockwake: %.*s in %.*s%s (next: sockwake report %.*s)\n",
				(int)b.len, b.data, (int)name.len, name.data,
				s->files.files > 1 ? " and the files after it" : "", (int)name.len,
				name.data);
	} else if (missed) {
		sw_error("%llu events were lost: 'sockwake report' says which (--buffer helps)",
			 (unsigned long long)missed);
	}
	sw_buf__free(&b);
	sw_buf__free(&name);
}

/* --- the consumer ----------------------------------------------------------------- */

static int begin(void *arg)
{
	struct settings *s = arg;

	s->begun = s->told = sw_clock_ns(CLOCK_MONOTONIC);
	return sw_trace_files__begin(&s->files, s->info, s->tells, s->command.data);
}

static int record(void *arg, const void *rec, size_t len)
{
	return sw_trace_files__record(&((struct settings *)arg)->files, rec, len);
}

static int stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	return sw_trace_files__stack(&((struct settings *)arg)->files, pid, number, names, len);
}

static int settle(void *arg, uint64_t until)
{
	uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	struct settings *s = arg;

	(void)until;
	show_progress(s, now);
	return sw_trace_files__settle(&s->files, now);
}

static int end(void *arg)
{
	struct settings *s = arg;
	int err = sw_trace_files__end(&s->files);

	if (s->shown)
		fputs("\r\033[K", stderr);
	if (!err)
		show_end(s);
	return err;
}

static int make(void *arg, struct sw_trace_info *info, bool tells, struct sw_stacks *stacks,
		struct sw_consumer *to)
{
	struct settings *s = arg;
	int err;

	(void)stacks;
	s->info = info;
	s->tells = tells;
	/* Now that all is attached, while there is still the right to. */
	err = sw_trace_files__make(&s->files);
	if (err)
		return err;
	*to = (struct sw_consumer){s, begin, record, stack, settle, end, true};
	return 0;
}

static void keep_command(struct sw_buf *b, int argc, char **argv)
{
	sw_buf__puts(b, "sockwake");
	for (int i = 0; i < argc; i++) {
		sw_buf__putc(b, ' ');
		sw_buf__puts(b, argv[i]);
	}
	sw_buf__putc(b, '\0');
}

static int run(const struct sw_command *self, int argc, char **argv)
{
	static const struct sw_consumer_maker maker = {make, NULL};
	struct settings *s = calloc(1, sizeof(*s));
	int status = SW_EXIT_USAGE;
	char **program;

	if (!s)
		return SW_EXIT_USAGE;
	s->files.output = DEFAULT_NAME;
	s->files.file = (struct sw_newfile)SW_NEWFILE_NONE;
	status = sw_session__parse(self, s, &s->session, argc, argv, &program);
	if (status != SW_GO_ON)
		goto out;
	status = SW_EXIT_USAGE;
	if (s->files.rotate && (!s->files.max_size || !strcmp(s->files.output, "-"))) {
		sw_error("--rotate needs --max-size, and a file to write to");
		goto out;
	}
	status = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
	keep_command(&s->command, argc, argv);
	if (s->command.failed || sw_trace_files__open(&s->files) ||
	    sw_session__look(&s->session, &s->files.file))
		goto out;
	s->session.makes_files = s->files.rotate;
	s->progress = isatty(STDERR_FILENO);
	status = sw_session__run(&s->session, program, &maker, s);
out:
	sw_trace_files__free(&s->files);
	sw_buf__free(&s->command);
	free(s);
	return status;
}

const struct sw_command sw_cmd_record = {
	.name = "record",
	.summary = "write a trace file",
	.synopsis = "[OPTIONS] [-- PROGRAM [ARG...]]",
	.about = "Writes all that is traced into a file, for 'sockwake report' on any machine and\n"
		 "without root.  Ends with Ctrl-C, after --duration, or with PROGRAM, of which it\n"
		 "then has the exit status; PROGRAM and its descendants are all that is traced.\n"
		 "Ctrl-C is for PROGRAM; a second one, or TERM, ends what will not end.",
	.options = options,
	.run = run,
};
