/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/rings.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "records.h"

/* What is taken from the rings at a time, and of one at most and at least: bounds memory
 * when more comes in than goes out; the ring then fills, and the loss is counted.  A few
 * times that is held at once; each round costs something beside its records. */
#define BATCHES_BYTES (16u << 20)
#define BATCH_MOST    (1u << 20)
#define BATCH_LEAST   (64u << 10)

/* Some records' time is taken a moment before their place in the ring. */
#define SETTLE_NS 2000000

/* How long others' records wait for one that has its place but is not written yet: its
 * CPU may be a virtual one that does not run. */
#define UNWRITTEN_NS 1000000000

struct ring {
	struct ring_buffer *rb;
	struct sw_merge *merge; /* while draining */
	unsigned int index;
	int map_fd;
	/* How far it was taken, and places in it were given away: the kernel's pages. */
	const unsigned long *consumed, *produced;
	uint64_t whole;	  /* when nothing of it was missing, last */
	size_t batch;	  /* bytes, at most */
	size_t taken;	  /* ... in this one */
	uint64_t last_ts; /* of the last record taken */
	int count, error;
	uint64_t delivered[SW_HOOK_COUNT];
};

struct sw_rings {
	unsigned int n;
	int epoll_fd;
	struct ring rings[];
};

static int take(void *ctx, void *data, size_t size)
{
	const struct sw_rec *rec = data;
	struct ring *r = ctx;

	/* A record is counted as delivered once it is in the ring, so running out
	 * of memory here ends the trace rather than losing it quietly. */
	r->error = sw_merge__push(r->merge, r->index, data, size);
	if (r->error)
		return r->error;
	r->last_ts = rec->ts;
	/* Sockets' names come before a hit, and are none. */
	if (rec->kind != SW_REC_SOCKET && rec->kind != SW_REC_UNIX && rec->hook < SW_HOOK_COUNT)
		r->delivered[rec->hook]++;
	r->count++;
	r->taken += size;
	return r->taken >= r->batch ? -EAGAIN : 0;
}

static const unsigned long *map_position(int map_fd, long page)
{
	long size = sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, size, PROT_READ, MAP_SHARED, map_fd, page * size);

	return at == MAP_FAILED ? NULL : at;
}

static void unmap_position(const unsigned long *at)
{
	if (at)
		munmap((void *)at, sysconf(_SC_PAGESIZE));
}

static int add_ring(struct sw_rings *r, unsigned int i, uint64_t bytes, int outer_fd)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET};
	struct ring *ring = &r->rings[i];
	__u32 key = i;

	ring->index = i;
	ring->batch = BATCHES_BYTES / r->n;
	if (ring->batch > BATCH_MOST)
		ring->batch = BATCH_MOST;
	if (ring->batch < BATCH_LEAST)
		ring->batch = BATCH_LEAST;
	ring->map_fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "sw_ring", 0, 0, bytes, NULL);
	if (ring->map_fd < 0)
		return -errno;
	if (bpf_map_update_elem(outer_fd, &key, &ring->map_fd, BPF_ANY))
		return -errno;
	ring->rb = ring_buffer__new(ring->map_fd, take, ring, NULL);
	if (!ring->rb)
		return -errno;
	ring->consumed = map_position(ring->map_fd, 0);
	ring->produced = map_position(ring->map_fd, 1);
	if (!ring->consumed || !ring->produced)
		return -errno;
	if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, ring->map_fd, &ev))
		return -errno;
	return 0;
}

struct sw_rings *sw_rings__new(unsigned int n, uint64_t bytes, int outer_fd)
{
	struct sw_rings *r = calloc(1, sizeof(*r) + n * sizeof(*r->rings));
	unsigned int i;
	int err = 0;

	if (!r)
		return NULL;
	for (i = 0; i < n; i++)
		r->rings[i].map_fd = -1;
	r->n = n;
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0)
		err = -errno;
	for (i = 0; !err && i < n; i++)
		err = add_ring(r, i, bytes, outer_fd);
	if (err) {
		sw_rings__free(r);
		errno = -err;
		return NULL;
	}
	return r;
}

void sw_rings__free(struct sw_rings *r)
{
	unsigned int i;

	if (!r)
		return;
	for (i = 0; i < r->n; i++) {
		unmap_position(r->rings[i].consumed);
		unmap_position(r->rings[i].produced);
		ring_buffer__free(r->rings[i].rb);
		if (r->rings[i].map_fd >= 0)
			close(r->rings[i].map_fd);
	}
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
	free(r);
}

unsigned int sw_rings__count(const struct sw_rings *r)
{
	return r->n;
}

uint64_t sw_rings__delivered(const struct sw_rings *r, enum sw_hook hook)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		n += r->rings[i].delivered[hook];
	return n;
}

int sw_rings__fd(const struct sw_rings *r)
{
	return r->epoll_fd;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Takes a batch.  Its records that are still missing are no older than *until. */
static int drain_ring(struct ring *ring, uint64_t now, uint64_t *until, bool *more)
{
	/* Who gets a place after this has a later time than `now`. */
	unsigned long produced = __atomic_load_n(ring->produced, __ATOMIC_ACQUIRE);
	uint64_t oldest = now;
	int err;

	ring->taken = 0;
	ring->count = 0;
	ring->error = 0;
	err = ring_buffer__consume(ring->rb);
	if (ring->error)
		return ring->error;
	if (err < 0 && err != -EAGAIN)
		return err;
	if (err == -EAGAIN)
		*more = true;
	if ((long)(__atomic_load_n(ring->consumed, __ATOMIC_RELAXED) - produced) >= 0)
		ring->whole = now;
	else if (err == -EAGAIN)
		oldest = ring->last_ts;
	else
		oldest = now - ring->whole < UNWRITTEN_NS ? ring->whole : now - UNWRITTEN_NS;
	if (oldest < *until)
		*until = oldest;
	return 0;
}

int sw_rings__drain(struct sw_rings *r, struct sw_merge *m, uint64_t *until, bool *more)
{
	uint64_t now = now_ns();
	unsigned int i;
	int total = 0;

	*until = now;
	*more = false;
	for (i = 0; i < r->n; i++) {
		int err;

		r->rings[i].merge = m;
		err = drain_ring(&r->rings[i], now, until, more);
		if (err)
			return err;
		total += r->rings[i].count;
	}
	*until -= SETTLE_NS;
	return total;
}
