// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* A thread that sleeps in io_uring_enter(2) until a socket can be read. */
#include <linux/io_uring.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define MESSAGES 5

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail;
	struct io_uring_sqe *sqes;
};

struct waiter {
	struct live_thread thread;
	struct ring ring;
	int fd;
	atomic_uint received;
};

static void *map(const struct ring *r, size_t size, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, offset);

	MUST(p != MAP_FAILED);
	return p;
}

static void ring_open(struct ring *r)
{
	struct io_uring_params p = {0};
	char *sq, *cq;

	r->fd = (int)syscall(SYS_io_uring_setup, 2, &p);
	if (r->fd < 0)
		live_skip("no io_uring here");
	sq = map(r, p.sq_off.array + p.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = map(r, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	r->sqes = map(r, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (void *)(sq + p.sq_off.tail);
	r->sq_mask = (void *)(sq + p.sq_off.ring_mask);
	r->sq_array = (void *)(sq + p.sq_off.array);
	r->cq_head = (void *)(cq + p.cq_off.head);
	r->cq_tail = (void *)(cq + p.cq_off.tail);
}

/* Asks for one event, and sleeps until it is there. */
static void ring_poll(struct ring *r, int fd)
{
	unsigned int tail = *r->sq_tail, at = tail & *r->sq_mask;

	memset(&r->sqes[at], 0, sizeof(r->sqes[at]));
	r->sqes[at].opcode = IORING_OP_POLL_ADD;
	r->sqes[at].fd = fd;
	r->sqes[at].poll_events = POLLIN;
	r->sq_array[at] = at;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	TRY(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
	MUST(__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == *r->cq_head + 1);
	__atomic_store_n(r->cq_head, *r->cq_head + 1, __ATOMIC_RELEASE);
}

static void waiter_run(void *arg)
{
	struct waiter *w = arg;
	char byte;

	do {
		ring_poll(&w->ring, w->fd);
		TRY(recv(w->fd, &byte, 1, MSG_DONTWAIT));
		w->received++;
	} while (byte != LIVE_LAST);
}

int main(void)
{
	int receiver, sender;
	struct waiter w = {0};

	live_start();
	ring_open(&w.ring);
	receiver = live_bound(AF_INET, SOCK_DGRAM);
	sender = live_bound(AF_INET, SOCK_DGRAM);
	live_connect_to(sender, receiver);
	live_declare("receiver", receiver);
	w.fd = receiver;
	live_thread_start(&w.thread, waiter_run, &w);
	for (unsigned int i = 1; i <= MESSAGES; i++) {
		live_thread_asleep(&w.thread, SYS_io_uring_enter);
		TRY(send(sender, i < MESSAGES ? "x" : &(char){LIVE_LAST}, 1, 0));
		live_until(&w.received, i);
	}
	live_thread_join(&w.thread);
	live_expect("receiver", "sock_def_readable", MESSAGES, NULL);
	live_expect_woken("receiver", "sock_def_readable", w.thread.tid, "io_uring", MESSAGES);
	TRY(close(w.ring.fd));
	TRY(close(receiver));
	TRY(close(sender));
	live_expect_destroy("receiver");
	return live_end();
}
