// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Where the time goes between a wake-up and its data being taken. */
#include "core/latency.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/list.h"

struct socket_entry {
	struct sw_latency_socket told; /* first: what `list` points to is this */
	uint32_t renamed;	       /* the socket's, when its name was taken */
	UT_hash_handle hh;
};

struct task_entry {
	struct sw_latency_task told; /* first */
	uint64_t key;
	/* Its last run: an io does not say when its task was woken. */
	uint64_t socket, wakeup_ts, woken_ts;
	UT_hash_handle hh;
};

struct sw_latency {
	struct sw_latencies all;
	struct sw_slowest slowest;
	struct socket_entry *sockets;
	struct task_entry *tasks;
	struct sw_list socket_list, task_list;
	size_t room; /* bytes that their histograms may still take */
	uint64_t forgotten;
};

/* Whose a value is, as the record has it. */
struct who {
	uint32_t pid, tid;
	const char *comm;
};

/* Where a value goes besides "all"; NULL: nowhere. */
struct sides {
	struct socket_entry *socket;
	struct task_entry *task;
};

struct sw_latency *sw_latency__new(void)
{
	struct sw_latency *l = calloc(1, sizeof(*l));

	if (l)
		l->room = SW_LATENCY_STEPS;
	return l;
}

static void latencies__free(struct sw_latencies *lat)
{
	for (unsigned int i = 0; i < SW_GAP_COUNT; i++)
		sw_hist__free(&lat->gap[i]);
}

void sw_latency__free(struct sw_latency *l)
{
	if (!l)
		return;
	HASH_CLEAR(hh, l->sockets);
	HASH_CLEAR(hh, l->tasks);
	/* All are in the lists. */
	for (unsigned int i = 0; i < l->socket_list.n; i++) {
		struct socket_entry *se = l->socket_list.items[i];

		latencies__free(&se->told.lat);
		free(se);
	}
	for (unsigned int i = 0; i < l->task_list.n; i++) {
		struct task_entry *te = l->task_list.items[i];

		latencies__free(&te->told.lat);
		free(te);
	}
	latencies__free(&l->all);
	free(l->socket_list.items);
	free(l->task_list.items);
	free(l);
}

static uint64_t worst_of_socket(const void *item)
{
	return ((const struct sw_latency_socket *)item)->worst.total_ns;
}

static uint64_t worst_of_task(const void *item)
{
	return ((const struct sw_latency_task *)item)->worst.total_ns;
}

static void latencies__give_back(struct sw_latency *l, struct sw_latencies *lat)
{
	for (unsigned int i = 0; i < SW_GAP_COUNT; i++)
		sw_hist__free_within(&lat->gap[i], &l->room);
	l->forgotten++;
}

static void socket_entry__leave(struct sw_latency *l, void *item)
{
	struct socket_entry *se = item;

	HASH_DEL(l->sockets, se);
	latencies__give_back(l, &se->told.lat);
}

static void task_entry__leave(struct sw_latency *l, void *item)
{
	struct task_entry *te = item;

	HASH_DEL(l->tasks, te);
	latencies__give_back(l, &te->told.lat);
}

/* An empty one of `size` bytes, which is in the list: new, or the place of one that goes. */
static void *entry__make(struct sw_latency *l, struct sw_list *list, size_t size,
			 uint64_t (*worst)(const void *item),
			 void (*leave)(struct sw_latency *l, void *item))
{
	void *item;

	if (list->n == SW_LATENCY_MAX) {
		item = sw_list__least(list, worst);
		leave(l, item);
		memset(item, 0, size);
		return item;
	}
	item = sw_list__reserve(list) ? NULL : calloc(1, size);
	if (item)
		list->items[list->n++] = item;
	return item;
}

static int socket_entry__get(struct sw_latency *l, const struct sw_socket *sk,
			     struct socket_entry **out)
{
	struct socket_entry *se;

	HASH_FIND(hh, l->sockets, &sk->id, sizeof(sk->id), se);
	if (!se) {
		se = entry__make(l, &l->socket_list, sizeof(*se), worst_of_socket, socket_entry__leave);
		if (!se)
			return -ENOMEM;
		se->told.id = sk->id;
		se->renamed = ~sk->renamed;
		HASH_ADD(hh, l->sockets, told.id, sizeof(se->told.id), se);
		if (!se->hh.tbl) {
			sw_list__remove(&l->socket_list, se);
			return -ENOMEM;
		}
	}
	*out = se;
	if (sw_socket__is_listener(sk, sk->state))
		se->told.listener = true;
	if (se->renamed != sk->renamed) {
		if (sw_socket__describe(sk, se->told.name))
			return -ENOMEM;
		se->renamed = sk->renamed;
	}
	return 0;
}

static int task_entry__get(struct sw_latency *l, const struct who *who, struct task_entry **out)
{
	uint64_t key = (uint64_t)who->pid << 32 | who->tid;
	struct task_entry *te;

	HASH_FIND(hh, l->tasks, &key, sizeof(key), te);
	if (!te) {
		te = entry__make(l, &l->task_list, sizeof(*te), worst_of_task, task_entry__leave);
		if (!te)
			return -ENOMEM;
		te->key = key;
		te->told.pid = who->pid;
		te->told.tid = who->tid;
		HASH_ADD(hh, l->tasks, key, sizeof(te->key), te);
		if (!te->hh.tbl) {
			sw_list__remove(&l->task_list, te);
			return -ENOMEM;
		}
	}
	memcpy(te->told.comm, who->comm, SW_COMM_LEN);
	*out = te;
	return 0;
}

/* who: NULL where no task is to have the value. */
static int sides__get(struct sw_latency *l, const struct sw_socket *sk, const struct who *who,
		      struct sides *s)
{
	int err = socket_entry__get(l, sk, &s->socket);

	s->task = NULL;
	return err || !who ? err : task_entry__get(l, who, &s->task);
}

static int add(struct sw_latency *l, const struct sides *s, enum sw_gap gap, uint64_t ns)
{
	int err = sw_hist__add(&l->all.gap[gap], ns);

	if (!err && s->socket)
		err = sw_hist__add_within(&s->socket->told.lat.gap[gap], ns, &l->room);
	if (!err && s->task)
		err = sw_hist__add_within(&s->task->told.lat.gap[gap], ns, &l->room);
	return err;
}

/* slow: all but the socket's name. */
static int consider(struct sw_latency *l, const struct sw_socket *sk, const struct sides *s,
		    struct sw_slow *slow)
{
	bool of_all = sw_slowest__has_room(&l->slowest, slow->total_ns);
	bool of_socket = s->socket && slow->total_ns > s->socket->told.worst.total_ns;
	bool of_task = s->task && slow->total_ns > s->task->told.worst.total_ns;

	if (!of_all && !of_socket && !of_task)
		return 0;
	if (s->socket)
		memcpy(slow->name, s->socket->told.name, sizeof(slow->name));
	else if (sw_socket__describe(sk, slow->name))
		return -ENOMEM;
	if (of_all)
		sw_slowest__add(&l->slowest, slow);
	if (of_socket)
		s->socket->told.worst = *slow;
	if (of_task)
		s->task->told.worst = *slow;
	return 0;
}

static int feed_woken(struct sw_latency *l, const struct sw_socket *sk,
		      const struct sw_rec_woken *r)
{
	struct who who = { r->pid, r->tid, r->comm };
	struct sides s;
	int err;

	/* Of an error by tracepoint, the wake-up is told after the waking: its time is made up. */
	if (r->hdr.flags & SW_F_AWAKE || r->woken_ts - r->wakeup_ts <= 1)
		return 0;
	err = sides__get(l, sk, &who, &s);
	return err ? err : add(l, &s, SW_GAP_WOKEN, r->woken_ts - r->wakeup_ts);
}

static int feed_run(struct sw_latency *l, const struct sw_socket *sk, const struct sw_rec_run *r)
{
	struct who who = { r->pid, r->tid, r->comm };
	struct sw_slow slow = {
		.total_ns = r->hdr.ts - r->wakeup_ts,
		.wakeup_ts = r->wakeup_ts,
		.woken_ts = r->woken_ts,
		.run_ts = r->hdr.ts,
		.socket = sk->id,
		.pid = r->pid,
		.tid = r->tid,
	};
	struct sides s;
	int err;

	err = sides__get(l, sk, &who, &s);
	if (!err)
		err = add(l, &s, SW_GAP_RUN, r->hdr.ts - r->woken_ts);
	if (err)
		return err;
	if (s.task) {
		s.task->socket = sk->id;
		s.task->wakeup_ts = r->wakeup_ts;
		s.task->woken_ts = r->woken_ts;
	}
	memcpy(slow.comm, r->comm, SW_COMM_LEN);
	return consider(l, sk, &s, &slow);
}

static int feed_io(struct sw_latency *l, const struct sw_socket *sk, const struct sw_rec_io *r)
{
	struct who who = { r->pid, r->tid, r->comm };
	struct sw_slow slow = {
		.total_ns = r->hdr.ts - r->wakeup_ts,
		.wakeup_ts = r->wakeup_ts,
		.run_ts = r->run_ts,
		.take_ts = r->hdr.ts,
		.socket = sk->id,
		.pid = r->pid,
		.tid = r->tid,
	};
	struct sides s;
	int err;

	if (r->result < 0 || !r->wakeup_ts)
		return 0;
	err = sides__get(l, sk, r->run_ts ? &who : NULL, &s);
	if (!err && r->run_ts)
		err = add(l, &s, SW_GAP_TAKE, r->hdr.ts - r->run_ts);
	if (!err)
		err = add(l, &s, SW_GAP_ALL, slow.total_ns);
	if (err)
		return err;
	if (s.task && s.task->socket == sk->id && s.task->wakeup_ts == r->wakeup_ts)
		slow.woken_ts = s.task->woken_ts;
	memcpy(slow.comm, r->comm, SW_COMM_LEN);
	return consider(l, sk, &s, &slow);
}

int sw_latency__feed(struct sw_latency *l, const struct sw_socket *sk, const struct sw_told *told)
{
	int err = 0;

	switch (told->ev->hdr.kind) {
	case SW_REC_WAKEUP:
		for (unsigned int i = 0; !err && i < told->n_woken; i++)
			err = feed_woken(l, sk, &told->woken[i]);
		return err;
	case SW_REC_WOKEN:
		return feed_woken(l, sk, &told->ev->woken_rec);
	case SW_REC_RUN:
		return feed_run(l, sk, &told->ev->run_rec);
	case SW_REC_IO:
		return feed_io(l, sk, &told->ev->io_rec);
	default:
		return 0;
	}
}

uint64_t sw_latency__forgotten(const struct sw_latency *l)
{
	return l->forgotten;
}

const struct sw_latencies *sw_latency__all(const struct sw_latency *l)
{
	return &l->all;
}

unsigned int sw_latency__slowest(const struct sw_latency *l, const struct sw_slow **out)
{
	*out = l->slowest.list;
	return l->slowest.n;
}

/* The worst first; of equals, in an order that is the same each time. */
static int compare(uint64_t worst_a, uint64_t worst_b, uint64_t a, uint64_t b)
{
	if (worst_a != worst_b)
		return worst_a > worst_b ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int compare_sockets(const void *a, const void *b)
{
	const struct sw_latency_socket *x = *(void *const *)a, *y = *(void *const *)b;

	return compare(x->worst.total_ns, y->worst.total_ns, x->id, y->id);
}

static int compare_tasks(const void *a, const void *b)
{
	const struct task_entry *x = *(void *const *)a, *y = *(void *const *)b;

	return compare(x->told.worst.total_ns, y->told.worst.total_ns, x->key, y->key);
}

unsigned int sw_latency__sockets(struct sw_latency *l, const struct sw_latency_socket *const **out)
{
	unsigned int n = sw_list__sort(&l->socket_list, compare_sockets);

	*out = (const struct sw_latency_socket *const *)l->socket_list.items;
	return n;
}

unsigned int sw_latency__tasks(struct sw_latency *l, const struct sw_latency_task *const **out)
{
	unsigned int n = sw_list__sort(&l->task_list, compare_tasks);

	*out = (const struct sw_latency_task *const *)l->task_list.items;
	return n;
}
