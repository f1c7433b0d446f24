/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the demo traces: a server that waits in accept(2) and recv(2), and a
 * client that is in no hurry.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES 3

static void nap(long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void client(const struct sockaddr_in *to)
{
	static const char question[] = "are you awake?";
	int i, fd = socket(AF_INET, SOCK_STREAM, 0);
	char answer[64];

	prctl(PR_SET_NAME, "demo-client");
	nap(300);
	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	for (i = 0; i < MESSAGES; i++) {
		nap(200);
		if (write(fd, question, sizeof(question)) < 0 || read(fd, answer, sizeof(answer)) < 0)
			err(1, "client");
	}
	close(fd);
}

static void server(int listener)
{
	static const char answer[] = "now I am";
	char question[64];
	int fd;

	prctl(PR_SET_NAME, "demo-server");
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		err(1, "accept");
	while (read(fd, question, sizeof(question)) > 0)
		if (write(fd, answer, sizeof(answer)) < 0)
			err(1, "server");
	close(fd);
}

int main(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t pid;

	if (listener < 0 || bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 8) ||
	    getsockname(listener, (struct sockaddr *)&addr, &len))
		err(1, "listen");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		close(listener);
		client(&addr);
		return 0;
	}
	server(listener);
	waitpid(pid, NULL, 0);
	return 0;
}
