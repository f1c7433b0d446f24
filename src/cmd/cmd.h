/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The commands: one file each, behind one table (main.c). */
#ifndef SW_CMD_CMD_H
#define SW_CMD_CMD_H

#include "cmd/options.h"

/* Exit statuses. With -- PROGRAM, 125 to 127 as timeout(1) and env(1) use them. */
#define SW_EXIT_OK 0
#define SW_EXIT_FAIL 1	     /* doctor: nothing can be traced */
#define SW_EXIT_USAGE 2	     /* wrong use, or tracing or writing failed */
#define SW_EXIT_OWN 125	     /* sockwake itself failed, with -- PROGRAM */
#define SW_EXIT_NO_EXEC 126  /* PROGRAM cannot be executed */
#define SW_EXIT_NOT_FOUND 127 /* PROGRAM is not there */
#define SW_GO_ON (-1)	     /* none yet */
#define SW_EXIT_BY(signal) (256 + (signal)) /* by a signal, as PROGRAM did */

struct sw_command {
	const char *name;
	const char *summary;  /* one line of --help */
	const char *synopsis; /* behind "sockwake NAME" */
	const char *about;    /* the paragraph of its own --help */
	const struct sw_option *options; /* ends with a row without a name */
	/* argv[0] is the command. Returns an exit status. */
	int (*run)(const struct sw_command *self, int argc, char **argv);
};

extern const struct sw_command sw_cmd_trace, sw_cmd_record, sw_cmd_report, sw_cmd_export,
	sw_cmd_doctor;

/* "sockwake NAME --help" */
void sw_command__help(const struct sw_command *c);

#endif
