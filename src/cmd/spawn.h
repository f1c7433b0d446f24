/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A program to trace: it exists before tracing begins, and runs after. */
#ifndef SW_CMD_SPAWN_H
#define SW_CMD_SPAWN_H

#include <sys/types.h>

struct sw_child {
	pid_t pid;  /* 0: none */
	int go_fd;  /* a byte into it lets the program run */
	int err_fd; /* the errno of a failed exec comes out of it */
};

/* Is the program there, on the PATH?  Asked before the work of attaching is done.
 * Returns 0 or a positive errno. */
int sw_child__find(const char *program);

/* Tells the user, and returns the exit status for that errno. */
int sw_child__cannot_run(const char *program, int error);

/* Forks; the child waits. Returns 0 or -errno. */
int sw_child__fork(struct sw_child *c, char **argv);

/* Lets it run. Returns 0, or the -errno that its exec ended with. */
int sw_child__go(struct sw_child *c);

/* Ends a child that was not let go, or (with SIGTERM) one that still runs. */
void sw_child__end(struct sw_child *c);

/* What a shell would call the status that waitpid() gave. */
int sw_child__exit_status(int wait_status);

#endif
