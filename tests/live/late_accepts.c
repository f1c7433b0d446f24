// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * late_accepts AT_ONCE LATER: a server that sleeps elsewhere while AT_ONCE connections come,
 * accepts them with a pause after each, and then waits in accept(2) for LATER others.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "live.h"

#define AWAY_MS	 300
#define PAUSE_MS 20

static void come(int listener)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	TRY(fd);
	live_connect_to(fd, listener);
	close(fd);
}

struct later {
	int listener, n;
};

static void come_later(void *arg)
{
	const struct later *later = arg;

	for (int i = 0; i < later->n; i++) {
		live_sleep_ms(PAUSE_MS);
		come(later->listener);
	}
}

static void take(int listener)
{
	int fd = accept(listener, NULL, NULL);

	TRY(fd);
	close(fd);
}

int main(int argc, char **argv)
{
	int at_once = argc > 1 ? atoi(argv[1]) : 0;
	struct later later = {.n = argc > 2 ? atoi(argv[2]) : 0};
	struct live_thread t;

	later.listener = live_bound(AF_INET, SOCK_STREAM);
	TRY(listen(later.listener, 100));
	for (int i = 0; i < at_once; i++)
		come(later.listener);
	live_sleep_ms(AWAY_MS);
	for (int i = 0; i < at_once; i++) {
		take(later.listener);
		live_sleep_ms(PAUSE_MS);
	}
	live_thread_start(&t, come_later, &later);
	for (int i = 0; i < later.n; i++)
		take(later.listener);
	live_thread_join(&t);
	return 0;
}
