/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "live/keeper.h"

/* Later than this only a keeper answers that is itself stopped, or cannot go on. */
#define GIVE_UP_NS ((SW_KEEPER_MS + 2000) * 1000000ull)
#define HURRY_NS   500000000ull
#define TURN_NS	   20000000ull
#define END_TRIES  200 /* of 1 ms */

struct sw_helper {
	pid_t keeper; /* 0: it is not asked any more */
	int ask_fd, answer_fd;
	bool (*meanwhile)(void *arg);
	void *arg;
	uint64_t over;	 /* when there is no time left; 0: no hurry */
	uint64_t turned; /* when `meanwhile` was last called */
	struct sw_answer answer;
};

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int fork_keeper(struct sw_helper *h)
{
	int ask[2], answer[2], err = 0;
	sigset_t ending, mask;

	if (pipe2(ask, O_CLOEXEC))
		return -errno;
	if (pipe2(answer, O_CLOEXEC)) {
		err = -errno;
		close_pair(ask);
		return err;
	}
	/* What ends a trace is not for the keeper, which ends when nobody asks any more. */
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGQUIT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &mask);
	h->keeper = fork();
	if (!h->keeper)
		sw_keeper__run(ask[0], answer[1]);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	/* A keeper that does not read must not keep us from going on. */
	if (h->keeper < 0 || fcntl(ask[1], F_SETFL, O_NONBLOCK) ||
	    fcntl(answer[0], F_SETFL, O_NONBLOCK))
		err = -errno;
	close(ask[0]);
	close(answer[1]);
	h->ask_fd = ask[1];
	h->answer_fd = answer[0];
	return err;
}

/* It ends by itself when nobody can ask it any more. */
static void let_go(struct sw_helper *h)
{
	if (h->keeper <= 0)
		return;
	close(h->ask_fd);
	close(h->answer_fd);
	for (int i = 0; i < END_TRIES && !waitpid(h->keeper, NULL, WNOHANG); i++)
		usleep(1000);
	h->keeper = 0;
}

int sw_helper__start(struct sw_helper **out)
{
	struct sw_helper *h = calloc(1, sizeof(*h));
	int err = h ? fork_keeper(h) : -ENOMEM;

	if (err) {
		sw_helper__end(h);
		return err;
	}
	*out = h;
	return 0;
}

void sw_helper__end(struct sw_helper *h)
{
	if (!h)
		return;
	let_go(h);
	free(h);
}

void sw_helper__meanwhile(struct sw_helper *h, bool (*fn)(void *arg), void *arg)
{
	h->meanwhile = fn;
	h->arg = arg;
}

/* True when there is no time left. */
static bool meanwhile(void *arg)
{
	struct sw_helper *h = arg;
	bool hurry = h->meanwhile && h->meanwhile(h->arg);

	h->turned = sw_clock_ns(CLOCK_MONOTONIC);
	if (hurry && !h->over)
		h->over = h->turned + HURRY_NS;
	return h->over && h->turned >= h->over;
}

static bool may_ask(struct sw_helper *h, uint64_t now)
{
	if (!h->keeper || (h->over && now >= h->over))
		return false;
	/* Many questions that are answered at once take long, too. */
	return now - h->turned < TURN_NS || !meanwhile(h);
}

static struct sw_wait patience(struct sw_helper *h, uint64_t now)
{
	return (struct sw_wait){
		.until = now + GIVE_UP_NS,
		.other = -1,
		.meanwhile = meanwhile,
		.arg = h,
	};
}

const struct sw_answer *sw_helper__ask(struct sw_helper *h, const struct sw_look *l)
{
	const uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	const struct sw_wait w = patience(h, now);

	if (may_ask(h, now)) {
		if (!sw_wire__write(h->ask_fd, l, sizeof(*l)) &&
		    !sw_wire__read_answer(h->answer_fd, &h->answer, l, &w))
			return &h->answer;
		/* What it may say yet would be taken for the answer to another question. */
		let_go(h);
	}
	memset(&h->answer.head, 0, sizeof(h->answer.head));
	h->answer.head.outcome = SW_LOOK_OVER;
	return &h->answer;
}

void sw_helper__mappings(struct sw_helper *h, uint32_t pid, struct sw_buf *text)
{
	const uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	const struct sw_wait w = patience(h, now);
	struct sw_look l;

	sw_buf__reset(text);
	if (!may_ask(h, now))
		return;
	memset(&l, 0, sizeof(l));
	l.what = SW_ASK_MAPPINGS;
	l.pid = pid;
	if (sw_wire__write(h->ask_fd, &l, sizeof(l)) ||
	    sw_wire__read_mappings(h->answer_fd, text, &w)) {
		let_go(h);
		sw_buf__reset(text);
	}
}
