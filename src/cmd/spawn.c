/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/signals.h"

/* What sockwake set up for itself is not the program's. */
static void become(char **argv, int err)
{
	int error;

	sw_signals__give_back();
	execvp(argv[0], argv);
	error = errno;
	if (write(err, &error, sizeof(error)) < 0)
		_exit(SW_EXIT_NO_EXEC);
	_exit(error == ENOENT ? SW_EXIT_NOT_FOUND : SW_EXIT_NO_EXEC);
}

/* Until it may run, or what it ends with is known. */
static void await(int go)
{
	unsigned char status;
	ssize_t n;

	do
		n = read(go, &status, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(SW_EXIT_OWN);
	if (status)
		_exit(status);
}

static int open_pipes(int go[2], int err[2])
{
	int error;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (!pipe2(err, O_CLOEXEC))
		return 0;
	error = errno;
	close(go[0]);
	close(go[1]);
	return -error;
}

/* Our ends of the pipes stay, if there is somebody at the others. */
static int keep_ends(struct sw_child *c, const int go[2], const int err[2], int error)
{
	close(go[0]);
	close(err[1]);
	c->go_fd = go[1];
	c->err_fd = err[0];
	if (!error) {
		c->pid_fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
		return 0;
	}
	close(go[1]);
	close(err[0]);
	c->pid = 0;
	return -error;
}

int sw_child__fork(struct sw_child *c, char **argv)
{
	int go[2], err[2], error = open_pipes(go, err);

	c->pid = 0;
	c->pid_fd = -1;
	if (error)
		return error;
	c->pid = fork();
	if (!c->pid) {
		close(go[1]);
		close(err[0]);
		/* Ctrl-C ends it while it waits. */
		sw_signals__give_back();
		await(go[0]);
		become(argv, err[1]);
	}
	return keep_ends(c, go, err, c->pid < 0 ? errno : 0);
}

/* True: this is the new one, a child of nobody here.  Else *error is 0 or a positive errno. */
static bool fork_away(int *error)
{
	pid_t between = fork();
	int status = 0;

	*error = between < 0 ? errno : 0;
	if (between < 0)
		return false;
	if (!between) {
		pid_t other = fork();

		if (!other)
			return true;
		_exit(other < 0 ? errno : 0);
	}
	while (waitpid(between, &status, 0) < 0 && errno == EINTR)
		;
	*error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return false;
}

int sw_child__stand_aside(struct sw_child *c, char **argv)
{
	int go[2], err[2], error = open_pipes(go, err);

	c->pid = 0;
	c->pid_fd = -1;
	if (error)
		return error;
	c->pid = getpid();
	c->started = true;
	signal(SIGCHLD, SIG_DFL);
	if (fork_away(&error))
		return keep_ends(c, go, err, 0);
	/* None of the other's end is left for the program to find. */
	signal(SIGCHLD, SIG_IGN);
	if (error)
		return keep_ends(c, go, err, error);
	close(go[1]);
	close(err[0]);
	sw_signals__give_back();
	await(go[0]);
	become(argv, err[1]);
	return 0;
}

int sw_child__go(struct sw_child *c)
{
	/* If it has ended meanwhile, that is found when it is waited for. */
	if (write(c->go_fd, "", 1) != 1 && errno != EPIPE)
		return -errno;
	close(c->go_fd);
	c->go_fd = -1;
	return 0;
}

bool sw_child__runs(struct sw_child *c, int wait_ms, int *err)
{
	struct pollfd said = {.fd = c->err_fd, .events = POLLIN};
	int error = 0;

	*err = 0;
	/* The pipe closes by itself when exec succeeds. */
	if (poll(&said, 1, wait_ms) != 1)
		return false;
	if (read(c->err_fd, &error, sizeof(error)) == sizeof(error))
		*err = -error;
	close(c->err_fd);
	c->err_fd = -1;
	return true;
}

bool sw_child__ended(struct sw_child *c, int *status)
{
	struct pollfd end = {.fd = c->pid_fd, .events = POLLIN};
	pid_t got;

	*status = 0;
	if (c->started)
		return c->pid_fd >= 0 ? poll(&end, 1, 0) == 1
				      : kill(c->pid, 0) && errno == ESRCH;
	got = waitpid(c->pid, status, WNOHANG);
	return got == c->pid || (got < 0 && errno == ECHILD);
}

void sw_child__dismiss(struct sw_child *c, int status)
{
	const unsigned char byte =
		status > 0 && status < 256 ? (unsigned char)status : SW_EXIT_OWN;

	if (!c->pid || c->go_fd < 0)
		return;
	if (c->started && write(c->go_fd, &byte, 1) != 1)
		sw_error("process %d has ended", c->pid);
	close(c->go_fd);
	close(c->err_fd);
	c->go_fd = -1;
	if (!c->started) {
		kill(c->pid, SIGKILL); /* it may have been stopped */
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	c->pid = 0;
}

int sw_child__cannot_run(const char *program, int error)
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

int sw_child__find(const char *program)
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
