// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The sockets of a page: of each what its row of the overview shows. */
#include "html.h"

#include <stdlib.h>

struct html_socket *html_socket(struct html *h, const struct sw_socket *sk)
{
	struct html_socket *s = h->last;

	if (!s || s->id != sk->id)
		HASH_FIND(hh, h->sockets, &sk->id, sizeof(sk->id), s);
	if (!s) {
		if (HASH_COUNT(h->sockets) >= HTML_SOCKETS_MAX)
			return NULL;
		s = calloc(1, sizeof(*s));
		if (!s) {
			h->failed = true;
			return NULL;
		}
		s->id = sk->id;
		s->renamed = ~sk->renamed;
		HASH_ADD(hh, h->sockets, id, sizeof(s->id), s);
		if (!s->hh.tbl) {
			free(s);
			h->failed = true;
			return NULL;
		}
	}
	h->last = s;
	if (s->renamed != sk->renamed) {
		if (sw_socket__describe(sk, s->name))
			h->failed = true;
		s->cookie = sk->cookie;
		s->inode = sk->inode;
		s->netns = sk->netns;
		s->renamed = sk->renamed;
	}
	return s;
}

void html_socket__name(struct html_socket *s, uint32_t pid, uint32_t tid, const char *comm)
{
	for (unsigned int i = 0; i < s->n_tasks; i++)
		if (s->tasks[i].pid == pid && s->tasks[i].tid == tid) {
			memcpy(s->tasks[i].comm, comm, SW_COMM_LEN);
			return;
		}
	if (s->n_tasks == HTML_SOCKET_TASKS) {
		s->more_tasks = true;
		return;
	}
	s->tasks[s->n_tasks] = (struct html_task){.pid = pid, .tid = tid};
	memcpy(s->tasks[s->n_tasks++].comm, comm, SW_COMM_LEN);
}

/* A number that a double may not hold. */
static void put_digits(struct sw_json *j, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	sw_json__str(j, NULL, digits + at);
}

static void put_socket(struct sw_json *j, const struct html_socket *s)
{
	sw_buf__putc(j->out, '\n');
	sw_json__open(j, NULL, '[');
	sw_json__u64(j, NULL, s->id);
	html_name(j, NULL, s->name);
	put_digits(j, s->inode);
	put_digits(j, s->cookie);
	sw_json__u64(j, NULL, s->netns);
	sw_json__u64(j, NULL, s->destroyed);
	sw_json__u64(j, NULL, s->events);
	sw_json__u64(j, NULL, s->wakeups);
	sw_json__open(j, NULL, '[');
	for (unsigned int i = 0; i < s->n_tasks; i++) {
		sw_json__u64(j, NULL, s->tasks[i].pid);
		sw_json__u64(j, NULL, s->tasks[i].tid);
		html_name(j, NULL, s->tasks[i].comm);
	}
	sw_json__close(j, ']');
	sw_json__u64(j, NULL, s->more_tasks);
	sw_json__close(j, ']');
}

void html_sockets(struct sw_json *j, const struct html *h)
{
	sw_json__open(j, "sockets", '[');
	for (const struct html_socket *s = h->sockets; s; s = s->hh.next)
		put_socket(j, s);
	sw_json__close(j, ']');
}

void html_sockets__free(struct html *h)
{
	struct html_socket *s, *next;

	HASH_ITER(hh, h->sockets, s, next) {
		HASH_DEL(h->sockets, s);
		free(s);
	}
}
