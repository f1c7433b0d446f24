/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/room.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "live/internal.h"
#include "tasks.h"

/* When so few places are left, so many entries go: parts of the whole. */
#define LEFT_PART  16
#define GOING_PART 8

union entry {
	struct socket_entry socket;
	struct owner_entry owner;
	struct task_entry task;
	struct wait_entry wait;
};

struct going {
	uint64_t key;  /* its address */
	uint64_t used; /* when something happened to it last; ns */
};

struct table {
	unsigned int room;
	enum sw_loss loss;
	struct bpf_map *(*map)(const struct sw_live *l);
	uint64_t (*used)(const struct sw_live *l, const union entry *e);
	/* Takes it out of the counters by hash. */
	void (*unmark)(const struct sw_live *l, uint64_t key, const union entry *e);
	/* Whose hit is lost by that; SW_HOOK_COUNT: nobody's. */
	enum sw_hook (*loser)(const struct sw_live *l, const union entry *e);
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void take_one(int *counter)
{
	__sync_fetch_and_sub(counter, 1);
}

/* --- sockets ----------------------------------------------------------------------- */

static struct bpf_map *sockets_map(const struct sw_live *l)
{
	return l->skel->maps.sockets;
}

/* Ids are times: see new_socket_id() in bpf/socket.bpf.h. */
static uint64_t socket_used(const struct sw_live *l, const union entry *e)
{
	const struct socket_entry *s = &e->socket;
	uint64_t made = (s->id >> 10) + l->skel->rodata->settings.start_ns;

	return later(later(made, s->latest_ts), later(s->readable_ts, s->writable_ts));
}

static void unmark_socket(const struct sw_live *l, uint64_t key, const union entry *e)
{
	const bool by_cookie = l->skel->rodata->settings.cookie_ids;

	take_one(&l->skel->bss->socket_marks[SW_MARK_OF_SOCKET(
		by_cookie ? (uint64_t)e->socket.cookie : key >> 6)]);
	if (e->socket.needs_room) {
		take_one(&l->skel->bss->room_marks[SW_MARK_OF_ROOM(key)]);
		take_one(&l->skel->bss->rooms_needed);
	}
}

static enum sw_hook hook_of_owners(const struct sw_live *l, const union entry *e)
{
	(void)e;
	return l->skel->rodata->settings.owners_hook;
}

/* --- sockets of wanted tasks --------------------------------------------------------- */

static struct bpf_map *owned_map(const struct sw_live *l)
{
	return l->skel->maps.owned;
}

static uint64_t owner_used(const struct sw_live *l, const union entry *e)
{
	(void)l;
	return e->owner.since;
}

static void unmark_owner(const struct sw_live *l, uint64_t key, const union entry *e)
{
	(void)e;
	take_one(&l->skel->bss->owned_marks[SW_MARK_OF_OWNED(key)]);
}

/* --- tasks --------------------------------------------------------------------------- */

static struct bpf_map *tasks_map(const struct sw_live *l)
{
	return l->skel->maps.tasks;
}

static uint64_t task_used(const struct sw_live *l, const union entry *e)
{
	uint64_t used = later(e->task.made, e->task.woken_ts);

	(void)l;
	for (int i = 0; i < TASK_OFFS; i++)
		used = later(used, later(e->task.offs[i].from, e->task.offs[i].till));
	return used;
}

static void unmark_task(const struct sw_live *l, uint64_t key, const union entry *e)
{
	(void)e;
	take_one(&l->skel->bss->task_marks[SW_TASK_HASH(key) & (SW_TASK_MARKS - 1)]);
}

/* Of one that waits, how that ends will not be told; of others it is known anew by what
 * happens next. */
static enum sw_hook hook_of_task(const struct sw_live *l, const union entry *e)
{
	return e->task.begin && l->needs.traces[SW_HOOK_WAIT] ? SW_HOOK_WAIT : SW_HOOK_COUNT;
}

/* --- accept(2) ----------------------------------------------------------------------- */

static struct bpf_map *waits_map(const struct sw_live *l)
{
	return l->skel->maps.waits;
}

static uint64_t wait_used(const struct sw_live *l, const union entry *e)
{
	(void)l;
	return later(later(e->wait.enter, e->wait.slept), e->wait.woken);
}

static void unmark_wait(const struct sw_live *l, uint64_t key, const union entry *e)
{
	(void)e;
	take_one(&l->skel->bss->marks[SW_TASK_HASH(key) & (SW_WAIT_MARKS - 1)]);
}

static enum sw_hook hook_of_wait(const struct sw_live *l, const union entry *e)
{
	(void)l;
	(void)e;
	return SW_HOOK_ACCEPT;
}

static const struct table tables[SW_TABLES] = {
	[SW_TABLE_SOCKETS] = {SW_MAX_SOCKETS, SW_LOST_SOCKETS, sockets_map, socket_used,
			      unmark_socket, hook_of_owners},
	[SW_TABLE_OWNED] = {SW_MAX_SOCKETS, SW_LOST_SOCKETS, owned_map, owner_used,
			    unmark_owner, hook_of_owners},
	[SW_TABLE_TASKS] = {SW_MAX_TASKS, SW_LOST_TASKS, tasks_map, task_used, unmark_task,
			    hook_of_task},
	[SW_TABLE_WAITS] = {SW_MAX_TASKS, SW_LOST_TASKS, waits_map, wait_used, unmark_wait,
			    hook_of_wait},
};

static int by_use(const void *a, const void *b)
{
	const struct going *x = a, *y = b;

	return x->used < y->used ? -1 : x->used > y->used;
}

/* All that are there, of which some may come and go meanwhile. */
static unsigned int list_entries(const struct sw_live *l, const struct table *t,
				 struct going *list)
{
	int fd = bpf_map__fd(t->map(l));
	__u64 key, *previous = NULL;
	unsigned int n = 0;
	union entry e;

	while (n < t->room && !bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		if (!bpf_map_lookup_elem(fd, &key, &e))
			list[n++] = (struct going){key, t->used(l, &e)};
	}
	return n;
}

/* What happens to it at this very moment may be lost with it. */
static void let_go(struct sw_live *l, enum sw_table which, uint64_t key)
{
	const struct table *t = &tables[which];
	int fd = bpf_map__fd(t->map(l));
	enum sw_hook loser;
	union entry e;

	if (bpf_map_lookup_elem(fd, &key, &e) || bpf_map_delete_elem(fd, &key))
		return;
	take_one(&l->skel->bss->used[which]);
	t->unmark(l, key, &e);
	loser = t->loser(l, &e);
	if (loser < SW_HOOK_COUNT)
		sw_ledger__lose(&l->ledger, loser, t->loss, 1);
	if (which == SW_TABLE_TASKS && e.task.early)
		bpf_map_delete_elem(bpf_map__fd(l->skel->maps.held_waits), &key);
}

static void make_room_in(struct sw_live *l, enum sw_table which)
{
	unsigned int n, going = tables[which].room / GOING_PART;
	struct going *list = calloc(tables[which].room, sizeof(*list));

	/* Without memory for that, it is the newest that are lost, and counted. */
	if (!list)
		return;
	n = list_entries(l, &tables[which], list);
	qsort(list, n, sizeof(*list), by_use);
	for (unsigned int i = 0; i < n && i < going; i++)
		let_go(l, which, list[i].key);
	free(list);
}

void sw_live__make_room(struct sw_live *l)
{
	const volatile int *used = l->skel->bss->used;

	for (int i = 0; i < SW_TABLES; i++)
		if (used[i] > (int)(tables[i].room - tables[i].room / LEFT_PART))
			make_room_in(l, i);
}
