/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **argv, int go, int err)
{
	sigset_t none;
	char byte;
	int error;

	/* What sockwake set up for itself is not the program's. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &byte, 1) != 1)
		_exit(0); /* tracing did not begin */
	execvp(argv[0], argv);
	error = errno;
	if (write(err, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

int sw_child__fork(struct sw_child *c, char **argv)
{
	int go[2], err[2];

	c->pid = 0;
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(err, O_CLOEXEC)) {
		int error = errno;

		close(go[0]);
		close(go[1]);
		return -error;
	}
	c->pid = fork();
	if (!c->pid) {
		close(go[1]);
		close(err[0]);
		run(argv, go[0], err[1]);
	}
	close(go[0]);
	close(err[1]);
	c->go_fd = go[1];
	c->err_fd = err[0];
	if (c->pid < 0) {
		int error = errno;

		close(go[1]);
		close(err[0]);
		c->pid = 0;
		return -error;
	}
	return 0;
}

int sw_child__go(struct sw_child *c)
{
	int error = 0;
	ssize_t n;

	if (write(c->go_fd, "g", 1) != 1)
		return -errno;
	close(c->go_fd);
	c->go_fd = -1;
	/* The pipe closes by itself when exec succeeds. */
	do
		n = read(c->err_fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	close(c->err_fd);
	c->err_fd = -1;
	return n == sizeof(error) ? -error : 0;
}

void sw_child__end(struct sw_child *c)
{
	if (!c->pid)
		return;
	if (c->go_fd >= 0) {
		close(c->go_fd);
		close(c->err_fd);
	} else {
		kill(c->pid, SIGTERM);
	}
	waitpid(c->pid, NULL, 0);
	c->pid = 0;
}

int sw_child__exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
