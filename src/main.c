/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/signals.h"

/* The first one is what runs when none is named. */
static const struct sw_command *const commands[] = {&sw_cmd_trace, &sw_cmd_record, &sw_cmd_report,
						    &sw_cmd_export, &sw_cmd_doctor};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

static void help(void)
{
	size_t i;

	puts("usage: sockwake [COMMAND] [OPTIONS] [-- PROGRAM [ARG...]]\n"
	     "\n"
	     "Shows which socket wakes which process, why, and who caused it, from the\n"
	     "kernel's own wake-up path.\n"
	     "\n"
	     "commands:");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  %-10s%s%s\n", commands[i]->name, commands[i]->summary,
		       i ? "" : " (the default)");
	puts("\noptions of trace ('sockwake COMMAND --help' for another command's):");
	sw_options__help(commands[0]->options);
	printf("  %-26s%s\n", "-V, --version", "show the version");
}

void sw_command__help(const struct sw_command *c)
{
	printf("usage: sockwake %s %s\n\n%s\n\noptions:\n", c->name, c->synopsis, c->about);
	sw_options__help(c->options);
}

/* A descriptor that we were started without would be the next file's that is opened, and
 * what is meant for standard output or a terminal would go there.  Those that are put there
 * can be neither read from nor written to the wrong way, and the program has none either. */
static void fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int how = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", how | O_CLOEXEC) < 0)
			return;
	}
}

static int run(int argc, char **argv)
{
	size_t i;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		help();
		return SW_EXIT_OK;
	}
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))) {
		puts("sockwake " SW_VERSION);
		return SW_EXIT_OK;
	}
	for (i = 0; argc > 1 && i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i]->name))
			return commands[i]->run(commands[i], argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] != '-') {
		sw_error("no such command (see sockwake --help; a program to trace goes "
			 "after --)");
		return SW_EXIT_USAGE;
	}
	return commands[0]->run(commands[0], argc, argv);
}

int main(int argc, char **argv)
{
	int status;

	fill_descriptors();
	sw_signals__keep();
	status = run(argc, argv);
	/* What --help says goes by here. */
	if (fflush(stdout) && !status) {
		sw_error("cannot write to standard output: %s", strerror(errno));
		return SW_EXIT_USAGE;
	}
	if (status < SW_EXIT_BY(0))
		return status;
	sw_signals__die(status - SW_EXIT_BY(0));
	return 128 + status - SW_EXIT_BY(0);
}
