/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "cmd/cmd.h"

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
