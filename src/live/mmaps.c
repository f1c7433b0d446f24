/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/mmaps.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING	  (128u << 10) /* bytes of each CPU's; a power of two */
#define EVENT_MAX 65536	       /* their size has 16 bits */

struct ring {
	int fd;
	struct perf_event_mmap_page *head; /* the ring follows it */
};

struct sw_mmaps {
	struct ring *rings;
	unsigned int n;
	size_t page;
	char *event; /* one that goes around the ring's end */
};

static int open_cpu(int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		/* It is read by the clock: nobody is woken for it. */
		.watermark = 1,
		.wakeup_watermark = RING,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int open_ring(struct sw_mmaps *m, int cpu)
{
	struct ring *r = &m->rings[m->n];

	r->fd = open_cpu(cpu);
	if (r->fd < 0)
		return errno == ENODEV ? 0 : -errno; /* the CPU is off */
	r->head = mmap(NULL, m->page + RING, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (r->head == MAP_FAILED) {
		int err = -errno;

		close(r->fd);
		return err;
	}
	m->n++;
	return 0;
}

int sw_mmaps__new(struct sw_mmaps **out)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct sw_mmaps *m = calloc(1, sizeof(*m));
	int err = 0;

	if (!m || cpus < 1)
		goto no_memory;
	m->page = (size_t)sysconf(_SC_PAGESIZE);
	m->rings = calloc((size_t)cpus, sizeof(*m->rings));
	m->event = malloc(EVENT_MAX);
	if (!m->rings || !m->event)
		goto no_memory;
	for (int cpu = 0; !err && cpu < cpus; cpu++)
		err = open_ring(m, cpu);
	if (err) {
		sw_mmaps__free(m);
		return err;
	}
	*out = m;
	return 0;
no_memory:
	sw_mmaps__free(m);
	return -ENOMEM;
}

void sw_mmaps__free(struct sw_mmaps *m)
{
	if (!m)
		return;
	for (unsigned int i = 0; i < m->n; i++) {
		munmap(m->rings[i].head, m->page + RING);
		close(m->rings[i].fd);
	}
	free(m->rings);
	free(m->event);
	free(m);
}

struct mmap2 {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint32_t prot, flags;
	char filename[];
};

struct task_event {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
};

/* Behind each event: who and when. */
#define SAMPLE_ID 16

static bool read_event(const char *data, struct sw_mmap_event *ev)
{
	const struct task_event *task = (const void *)data;
	const struct perf_event_header *h = &task->header;
	const struct mmap2 *map = (const void *)data;

	memset(ev, 0, sizeof(*ev));
	memcpy(&ev->ts, data + h->size - sizeof(ev->ts), sizeof(ev->ts));
	ev->pid = task->pid;
	switch (h->type) {
	case PERF_RECORD_FORK:
		ev->kind = SW_MMAP_FORK;
		ev->parent = task->ppid;
		return ev->pid != ev->parent; /* else it is a thread */
	case PERF_RECORD_EXIT:
		ev->kind = SW_MMAP_EXIT;
		return task->pid == task->tid;
	case PERF_RECORD_COMM:
		ev->kind = SW_MMAP_EXEC;
		return h->misc & PERF_RECORD_MISC_COMM_EXEC;
	case PERF_RECORD_MMAP2:
		ev->kind = SW_MMAP_MAP;
		ev->start = map->addr;
		ev->len = map->len;
		ev->offset = map->pgoff;
		ev->inode = map->ino;
		ev->major = map->maj;
		ev->minor = map->min;
		ev->path = map->filename;
		return h->size > sizeof(*map) + SAMPLE_ID;
	case PERF_RECORD_LOST:
		ev->kind = SW_MMAP_LOST;
		return true;
	default:
		return false;
	}
}

static void drain_ring(struct sw_mmaps *m, const struct ring *r,
		       void (*take)(void *arg, const struct sw_mmap_event *ev), void *arg)
{
	const char *data = (const char *)r->head + m->page;
	uint64_t head = __atomic_load_n(&r->head->data_head, __ATOMIC_ACQUIRE);
	uint64_t at = r->head->data_tail;
	struct sw_mmap_event ev;

	while (at < head) {
		size_t begin = at & (RING - 1);
		const struct perf_event_header *h = (const void *)(data + begin);
		const char *event = data + begin;
		size_t size = h->size;

		if (size < sizeof(*h) + SAMPLE_ID)
			break;
		if (begin + size > RING) {
			memcpy(m->event, data + begin, RING - begin);
			memcpy(m->event + (RING - begin), data, size - (RING - begin));
			event = m->event;
		}
		if (read_event(event, &ev))
			take(arg, &ev);
		at += size;
	}
	__atomic_store_n(&r->head->data_tail, head, __ATOMIC_RELEASE);
}

void sw_mmaps__drain(struct sw_mmaps *m,
		     void (*take)(void *arg, const struct sw_mmap_event *ev), void *arg)
{
	for (unsigned int i = 0; i < m->n; i++)
		drain_ring(m, &m->rings[i], take, arg);
}
