// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * press [OPTION...] MARK SIGNALS COMMAND...: runs COMMAND in a session of its own, waits for
 * the file MARK, sends it SIGNALS, and prints what became of it and after how many ms: "exit 7
 * 612", "signal 2 15", or "alive" if it has to be killed.
 *
 * SIGNALS: names or numbers with pauses in ms between them, as in "INT,400,INT"; "-": none.
 *   -g       to the whole process group, as a terminal sends Ctrl-C
 *   -i SIG   COMMAND is started with that signal ignored
 *   -b SIG   ... blocked
 *   -u       its standard output is a pipe that nobody reads
 *   -c       ... of which the reader has gone
 *   -w MS    how long it has to end (10000)
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

static const struct {
	const char *name;
	int number;
} names[] = {{"INT", SIGINT},	{"TERM", SIGTERM}, {"HUP", SIGHUP},  {"QUIT", SIGQUIT},
	     {"CHLD", SIGCHLD}, {"PIPE", SIGPIPE}, {"USR1", SIGUSR1}};

static int signal_of(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].number;
	fprintf(stderr, "press: no such signal: %s\n", name);
	exit(125);
}

static bool over(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static void start(char **argv, int out, int ignored, int blocked)
{
	sigset_t set;

	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	setsid();
	for (int i = 1; i < NSIG; i++)
		signal(i, i == ignored ? SIG_IGN : SIG_DFL);
	sigemptyset(&set);
	if (blocked)
		sigaddset(&set, blocked);
	sigprocmask(SIG_SETMASK, &set, NULL);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static void send_signals(pid_t pid, char *signals)
{
	for (char *s = strtok(signals, ","); s; s = strtok(NULL, ",")) {
		if (*s >= '0' && *s <= '9')
			live_sleep_ms(atol(s));
		else
			kill(pid, signal_of(s));
	}
}

int main(int argc, char **argv)
{
	int ignored = 0, blocked = 0, option, status = 0;
	bool ended = false, group = false, unread = false, closed = false;
	int ends[2] = {-1, -1};
	long within = 10000, begun;
	pid_t pid;

	while ((option = getopt(argc, argv, "+guci:b:w:")) > 0) {
		switch (option) {
		case 'g':
			group = true;
			break;
		case 'u':
			unread = true;
			break;
		case 'c':
			closed = true;
			break;
		case 'i':
			ignored = signal_of(optarg);
			break;
		case 'b':
			blocked = signal_of(optarg);
			break;
		case 'w':
			within = atol(optarg);
			break;
		default:
			return 125;
		}
	}
	if (argc - optind < 3)
		return 125;
	if ((unread || closed) && pipe2(ends, O_CLOEXEC))
		return 125;
	if (closed)
		close(ends[0]);
	pid = fork();
	if (!pid)
		start(argv + optind + 2, ends[1], ignored, blocked);
	begun = live_now_ms();
	while (access(argv[optind], F_OK) && live_now_ms() - begun < 60000 &&
	       !(ended = over(pid, &status)))
		live_sleep_ms(20);
	begun = live_now_ms();
	if (!ended && strcmp(argv[optind + 1], "-"))
		send_signals(group ? -pid : pid, argv[optind + 1]);
	while (!ended && !over(pid, &status)) {
		if (live_now_ms() - begun > within) {
			kill(-pid, SIGKILL);
			waitpid(pid, NULL, 0);
			puts("alive");
			return 0;
		}
		live_sleep_ms(5);
	}
	/* Whatever it left running. */
	kill(-pid, SIGKILL);
	printf("%s %d %ld\n", WIFSIGNALED(status) ? "signal" : "exit",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), live_now_ms() - begun);
	return 0;
}
