// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* steered COUNT: that many datagrams over loopback, sent on CPU 1, while a child calls getppid(2) on
 * CPU 0 all the time: whoever steers received packets to CPU 0 has their softirqs interrupt that. */
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	TRY(sched_setaffinity(0, sizeof(set), &set));
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	struct sockaddr_in to = {.sin_family = AF_INET};
	socklen_t len = sizeof(to);
	char byte = 'x';
	pid_t child;
	int fd;

	live_start();
	child = TRY(fork());
	if (!child) {
		TRY(prctl(PR_SET_PDEATHSIG, SIGKILL));
		run_on(0);
		for (;;)
			getppid();
	}
	run_on(1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = TRY(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(bind(fd, (struct sockaddr *)&to, sizeof(to)));
	TRY(getsockname(fd, (struct sockaddr *)&to, &len));
	for (long i = 0; i < count; i++) {
		TRY(sendto(fd, &byte, 1, 0, (struct sockaddr *)&to, sizeof(to)));
		TRY(recv(fd, &byte, 1, 0));
	}
	TRY(kill(child, SIGKILL));
	TRY(waitpid(child, NULL, 0));
	return live_end();
}
