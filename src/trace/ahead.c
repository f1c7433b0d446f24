/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The thread alone fetches, and the reader alone looks; a place is the one's or the other's,
 * as `ready` says. */
struct sw_ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turn;
	sw_ahead_fn fetch;
	void *arg;
	int ends;	    /* an eventfd */
	unsigned int ready; /* places that are fetched into and not yet given back */
	bool stop;
	unsigned int next; /* the reader's: which place is its next */
	bool looking;	   /* the reader's: it has one */
};

static void *fetch_all(void *arg)
{
	struct sw_ahead *a = arg;
	bool more = true;

	for (unsigned int i = 0; more; i = (i + 1) % SW_AHEAD_PLACES) {
		pthread_mutex_lock(&a->lock);
		while (a->ready == SW_AHEAD_PLACES && !a->stop)
			pthread_cond_wait(&a->turn, &a->lock);
		more = !a->stop;
		pthread_mutex_unlock(&a->lock);
		if (!more)
			break;
		more = a->fetch(a->arg, i);
		pthread_mutex_lock(&a->lock);
		a->ready++;
		pthread_cond_signal(&a->turn);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

static void free_all(struct sw_ahead *a)
{
	pthread_cond_destroy(&a->turn);
	pthread_mutex_destroy(&a->lock);
	if (a->ends >= 0)
		close(a->ends);
	free(a);
}

void sw_ahead__new(struct sw_ahead **result, sw_ahead_fn fetch, void *arg)
{
	struct sw_ahead *a = calloc(1, sizeof(*a));

	*result = a;
	if (!a)
		return;
	a->fetch = fetch;
	a->arg = arg;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->turn, NULL);
	a->ends = eventfd(0, EFD_CLOEXEC);
	if (a->ends >= 0 && !pthread_create(&a->thread, NULL, fetch_all, a))
		return;
	*result = NULL;
	free_all(a);
}

int sw_ahead__ends(const struct sw_ahead *a)
{
	return a->ends;
}

unsigned int sw_ahead__next(struct sw_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	if (a->looking) {
		a->ready--;
		a->next = (a->next + 1) % SW_AHEAD_PLACES;
		pthread_cond_signal(&a->turn);
	}
	a->looking = true;
	while (!a->ready)
		pthread_cond_wait(&a->turn, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return a->next;
}

void sw_ahead__free(struct sw_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->turn);
	pthread_mutex_unlock(&a->lock);
	/* Not pthread_cancel(): that looks for a library, and aborts where there is none. */
	eventfd_write(a->ends, 1);
	pthread_join(a->thread, NULL);
	free_all(a);
}
