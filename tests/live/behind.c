// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * behind HOW [ARG...]: programs to be traced of which the end matters, or who they are.
 *
 *   flush MARK             writes MARK; ends 600 ms after SIGINT, with 7, and 10 more for each
 *                          further one that it got meanwhile; another signal is its end
 *   stubborn MARK          writes MARK; ignores what asks it to end
 *   stopped MARK           writes MARK, and stops
 *   sleeping MARK          writes MARK, and sleeps
 *   chatter MARK MS STATUS wakes itself by a socket for so long, and ends with STATUS
 *   thread MARK MS         ... in a thread, whose number it writes to MARK
 *   forks COUNT            so many children, one after the other, and two that talk
 *   first FILE             has a child that ends, of which the number is written to FILE; waits
 *                          for FILE.done
 *   second FILE            begins a process of that number ("stranger") that wakes itself
 *   pass COMMAND...        a listening socket as descriptor 3, and COMMAND
 *   passed                 ... which closes it, and finds that nobody listens any more
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

/* Others read it as soon as it is there. */
static void write_number(const char *name, int number)
{
	char other[4096];
	FILE *f;

	snprintf(other, sizeof(other), "%s.new", name);
	f = fopen(other, "w");
	MUST(f);
	fprintf(f, "%d\n", number);
	MUST(!fclose(f) && !rename(other, name));
}

static volatile sig_atomic_t interrupts;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupts++;
}

static int flush(const char *mark)
{
	long begun;

	signal(SIGINT, on_interrupt);
	write_number(mark, getpid());
	while (!interrupts)
		live_sleep_ms(20);
	for (begun = live_now_ms(); live_now_ms() - begun < 600;)
		live_sleep_ms(20);
	return 7 + 10 * (interrupts - 1);
}

static int stubborn(const char *mark)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	write_number(mark, getpid());
	live_sleep_ms(60000);
	return 1;
}

static void talk(long ms)
{
	long begun = live_now_ms();
	int pair[2];
	char byte;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	while (live_now_ms() - begun < ms) {
		for (int i = 0; i < 50; i++) {
			TRY(write(pair[0], "x", 1));
			TRY(read(pair[1], &byte, 1));
		}
		live_sleep_ms(5);
	}
	close(pair[0]);
	close(pair[1]);
}

static long talk_ms;
static const char *thread_mark;

static void *talk_in_thread(void *arg)
{
	write_number(thread_mark, (int)syscall(SYS_gettid));
	talk(talk_ms);
	return arg;
}

static int thread(const char *mark, long ms)
{
	pthread_t t;

	thread_mark = mark;
	talk_ms = ms;
	MUST(!pthread_create(&t, NULL, talk_in_thread, NULL));
	MUST(!pthread_join(t, NULL));
	return 0;
}

/* The last child, and its own child, which it wakes five times. */
static void last_child(void)
{
	int pair[2];
	pid_t reader;
	char byte;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	reader = fork();
	if (!reader) {
		prctl(PR_SET_NAME, "last-reader");
		close(pair[1]);
		while (read(pair[0], &byte, 1) == 1)
			;
		_exit(0);
	}
	prctl(PR_SET_NAME, "last-writer");
	close(pair[0]);
	for (int i = 0; i < 5; i++) {
		live_sleep_ms(100);
		TRY(write(pair[1], "x", 1));
	}
	close(pair[1]);
	TRY(waitpid(reader, NULL, 0));
	_exit(0);
}

static int forks(int count)
{
	for (int i = 0; i <= count; i++) {
		pid_t pid = fork();

		TRY(pid);
		if (!pid && i == count)
			last_child();
		if (!pid)
			_exit(0);
		TRY(waitpid(pid, NULL, 0));
	}
	return 0;
}

static int first(const char *file)
{
	char done[4096];
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	TRY(waitpid(pid, NULL, 0));
	write_number(file, pid);
	snprintf(done, sizeof(done), "%s.done", file);
	while (access(done, F_OK))
		live_sleep_ms(20);
	return 0;
}

/* The kernel gives the next number but that which it is told was the last. */
static int second(const char *file)
{
	FILE *f = fopen(file, "r");
	int wanted = 0;

	MUST(f && fscanf(f, "%d", &wanted) == 1);
	fclose(f);
	for (int i = 0; i < 200; i++) {
		int status;
		pid_t pid;

		f = fopen("/proc/sys/kernel/ns_last_pid", "w");
		if (!f || fprintf(f, "%d", wanted - 1) < 0 || fclose(f))
			live_skip("numbers of processes cannot be chosen");
		pid = fork();
		TRY(pid);
		if (!pid) {
			if (getpid() != wanted)
				_exit(1);
			prctl(PR_SET_NAME, "stranger");
			talk(200);
			_exit(0);
		}
		TRY(waitpid(pid, &status, 0));
		if (!status)
			return 0;
	}
	live_skip("the number is not to be had");
}

static int pass(char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	TRY(fd);
	TRY(bind(fd, (void *)&at, sizeof(at)));
	TRY(listen(fd, 5));
	if (fd != 3) {
		TRY(dup2(fd, 3));
		close(fd);
	}
	execvp(argv[0], argv);
	return 127;
}

static int passed(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	TRY(getsockname(3, (void *)&at, &len));
	TRY(close(3));
	if (!connect(fd, (void *)&at, sizeof(at))) {
		puts("somebody else still listens");
		return 1;
	}
	return errno == ECONNREFUSED ? 0 : 2;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "", *mark = argc > 2 ? argv[2] : NULL;

	if (!strcmp(how, "passed"))
		return passed();
	MUST(mark);
	if (!strcmp(how, "flush"))
		return flush(mark);
	if (!strcmp(how, "stubborn"))
		return stubborn(mark);
	if (!strcmp(how, "forks"))
		return forks(atoi(mark));
	if (!strcmp(how, "first"))
		return first(mark);
	if (!strcmp(how, "second"))
		return second(mark);
	if (!strcmp(how, "pass"))
		return pass(argv + 2);
	if (!strcmp(how, "thread") && argc > 3)
		return thread(mark, atol(argv[3]));
	MUST(!strcmp(how, "chatter") || !strcmp(how, "stopped") || !strcmp(how, "sleeping"));
	write_number(mark, getpid());
	if (!strcmp(how, "stopped"))
		raise(SIGSTOP);
	if (argc < 5) {
		live_sleep_ms(60000);
		return 1;
	}
	talk(atol(argv[3]));
	return atoi(argv[4]);
}
