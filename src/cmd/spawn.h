/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A program to trace: it exists before tracing begins, and runs after. */
#ifndef SW_CMD_SPAWN_H
#define SW_CMD_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct sw_child {
	pid_t pid;    /* 0: none */
	int go_fd;    /* a byte into it lets the program run; -1: it does */
	int err_fd;   /* the errno of a failed exec comes out of it */
	int pid_fd;   /* readable when it has ended; -1: the kernel gives none */
	bool started; /* it is the process that was started, and we are the ones beside it */
};

/* Is the program there, on the PATH?  Asked before the work of attaching is done.
 * Returns 0 or a positive errno. */
int sw_child__find(const char *program);

/* Tells the user, and returns the exit status for that errno. */
int sw_child__cannot_run(const char *program, int error);

/* Forks; the child waits, with the signals that sockwake was started with (signals.h).
 * Returns 0 or -errno. */
int sw_child__fork(struct sw_child *c, char **argv);

/* The other way round: this process waits to become the program, and what returns, 0 or
 * -errno, is another one, which is no child of it. */
int sw_child__stand_aside(struct sw_child *c, char **argv);

/* Lets it run.  Returns 0 or -errno. */
int sw_child__go(struct sw_child *c);

/* It runs, or cannot: *err is 0, or the -errno that its exec ended with.  False: that was not
 * to be known within wait_ms, as where it is stopped, or what it is on does not answer. */
bool sw_child__runs(struct sw_child *c, int wait_ms, int *err);

/* It has ended: *status is as waitpid() gives it, or 0 where that is not ours to know. */
bool sw_child__ended(struct sw_child *c, int *status);

/* It is not to run, if it does not yet: ends it.  status: what that of sockwake is. */
void sw_child__dismiss(struct sw_child *c, int status);

#endif
