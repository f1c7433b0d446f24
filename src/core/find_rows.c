// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Gathers what the checks find: a row for each kind and role.  Sockets of one
 * process name, protocol, side and service are of one role, so that what is wrong
 * with all connections of a server is one finding and not hundreds.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "finder.h"

/* One finding, as it is gathered. */
struct row {
	struct sw_finding told; /* first: what `list` points to is this */
	const struct sw_finder *finder; /* whose row it is */
	uint64_t key;
	uint64_t by_absence; /* of its count: see struct hit */
	uint64_t last; /* number of the socket that it was found on last */
	uint32_t renamed; /* told.socket's, when its name was taken */
	bool matters;
	uint64_t *more;	  /* owned: the tasks that are not named, to know them again */
	UT_hash_handle hh;
};

enum side { LISTENS, ACCEPTED, CONNECTED };

/* FNV-1a: roles are few, and their names strangers'. */
uint64_t finder__hash(uint64_t h, const void *data, size_t n)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return h;
}

#define HASH_OF(h, value) finder__hash(h, &(value), sizeof(value))

void finder__learn_service(struct sw_finder *f, const struct sw_socket *sk)
{
	if ((sk->family == AF_INET || sk->family == AF_INET6) &&
	    (sk->parent || sw_socket__is_listener(sk, sk->state)))
		f->services[sk->lport / 8] |= (uint8_t)(1 << sk->lport % 8);
}

static bool is_service(const struct sw_finder *f, uint16_t port)
{
	return f->services[port / 8] >> port % 8 & 1;
}

static enum side side_of(const struct sw_finder *f, const struct sw_socket *sk)
{
	if (sw_socket__is_listener(sk, sk->state))
		return LISTENS;
	if (sk->parent)
		return ACCEPTED;
	if (!sk->rport)
		return LISTENS;
	if (is_service(f, sk->rport) != is_service(f, sk->lport))
		return is_service(f, sk->rport) ? CONNECTED : ACCEPTED;
	/* Not known: services mostly have the lower port, and it is only for the grouping. */
	return sk->lport < sk->rport ? ACCEPTED : CONNECTED;
}

static uint64_t hash_inet(const struct sw_finder *f, uint64_t h, const struct sw_socket *sk)
{
	enum side side = side_of(f, sk);

	h = HASH_OF(h, side);
	h = HASH_OF(h, sk->netns);
	if (side == CONNECTED)
		return HASH_OF(finder__hash(h, sk->raddr, sizeof(sk->raddr)), sk->rport);
	return HASH_OF(finder__hash(h, sk->laddr, sizeof(sk->laddr)), sk->lport);
}

static uint64_t hash_unix(uint64_t h, const struct sw_socket *sk)
{
	const struct sw_rec_unix *un = sk->un;
	bool listens = sw_socket__is_listener(sk, sk->state);

	h = HASH_OF(h, listens);
	if (un && un->llen)
		return finder__hash(finder__hash(h, "l", 1), un->lpath, un->llen);
	return un ? finder__hash(finder__hash(h, "r", 1), un->rpath, un->rlen) : h;
}

/* Never 0 to KIND_MASK: those are the keys of the rows of all other sockets. */
#define KIND_BITS 4
_Static_assert(SW_FINDING_COUNT <= 1 << KIND_BITS, "a kind fits its bits of a key");

static uint64_t role_key(const struct sw_finder *f, const struct sw_socket *sk,
			 enum sw_finding_kind kind, const struct sw_finding_task *owner)
{
	uint64_t h = HASH_BEGIN;

	h = finder__hash(h, owner->comm, strnlen(owner->comm, SW_COMM_LEN));
	h = HASH_OF(h, sk->family);
	h = HASH_OF(h, sk->type);
	h = HASH_OF(h, sk->protocol);
	if (!sk->known)
		h = HASH_OF(h, sk->id);
	else if (sk->family == AF_INET || sk->family == AF_INET6)
		h = hash_inet(f, h, sk);
	else if (sk->family == AF_UNIX)
		h = hash_unix(h, sk);
	else
		h = HASH_OF(h, sk->lid);
	return (h | 1) << KIND_BITS | kind;
}

static struct row *row__new(struct sw_finder *f, enum sw_finding_kind kind, uint64_t key)
{
	struct row *row;

	if (f->n_rows == f->cap) {
		unsigned int cap = f->cap ? f->cap * 2 : 16;
		void *more = realloc(f->list, cap * sizeof(*f->list));

		if (!more)
			return NULL;
		f->list = more;
		f->cap = cap;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->finder = f;
	row->key = key;
	row->told.kind = kind;
	HASH_ADD(hh, f->rows, key, sizeof(row->key), row);
	if (!row->hh.tbl) {
		free(row);
		return NULL;
	}
	f->list[f->n_rows++] = row;
	return row;
}

static struct row *row__get(struct sw_finder *f, uint64_t key, enum sw_finding_kind kind)
{
	struct row *row;

	HASH_FIND(hh, f->rows, &key, sizeof(key), row);
	if (!row && f->n_rows >= SW_FINDINGS_MAX) {
		key = kind; /* the one of all other sockets */
		HASH_FIND(hh, f->rows, &key, sizeof(key), row);
	}
	return row ? row : row__new(f, kind, key);
}

struct row *finder__row(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
			enum sw_finding_kind kind, const struct sw_finding_task *owner)
{
	struct row *row;

	/* Found on it before: its role may have changed, but it is counted there. */
	if (w && w->rows && w->rows[kind])
		return w->rows[kind];
	if (w && !w->rows) {
		w->rows = calloc(SW_FINDING_COUNT, sizeof(struct row *));
		if (!w->rows)
			return NULL;
	}
	row = row__get(f, role_key(f, sk, kind, owner), kind);
	if (row && w)
		w->rows[kind] = row;
	/* One that is not watched is known again only if no other came between. */
	if (row && row->last != sk->id) {
		row->told.sockets++;
		row->last = sk->id;
	}
	return row;
}

/* The name is that of the worst example. */
static int row__learn_name(struct row *row, const struct sw_socket *sk, bool is_worst)
{
	struct sw_finding *told = &row->told;

	if (row->key < 1 << KIND_BITS)
		return 0;
	if (told->socket == sk->id ? row->renamed == sk->renamed : !is_worst)
		return 0;
	if (sw_socket__describe(sk, told->name))
		return -ENOMEM;
	told->socket = sk->id;
	row->renamed = sk->renamed;
	return 0;
}

int row__hit(struct row *row, const struct sw_socket *sk, const struct hit *hit)
{
	struct sw_finding *told = &row->told;
	bool is_worst = !told->count || hit->worst > told->worst;
	int err = row__learn_name(row, sk, is_worst);

	if (err)
		return err;
	if (is_worst) {
		told->what = hit->what;
		told->worst = hit->worst;
		told->worst_ts = hit->ts;
		told->worst_task = hit->task;
		told->off_ns = hit->off_ns;
		told->within_ns = hit->within_ns;
		told->sleeps = hit->sleeps;
		told->meanwhile = hit->meanwhile;
	}
	if (hit->severity > told->severity)
		told->severity = hit->severity;
	told->count += hit->n || told->count ? hit->n : 1;
	row->by_absence += hit->by_absence ? hit->n : 0;
	if (is_worst && row->finder->on_worst)
		row->finder->on_worst(row->finder->on_worst_arg, told, sk);
	return 0;
}

int row__name(struct row *row, const struct sw_finding_task *task)
{
	struct sw_finding *told = &row->told;
	uint64_t key = (uint64_t)task->pid << 32 | task->tid;
	unsigned int i;

	if (!task->tid)
		return 0;
	for (i = 0; i < told->n_tasks; i++)
		if (same_task(&told->tasks[i], task))
			return 0;
	if (told->n_tasks < SW_FINDING_TASKS) {
		told->tasks[told->n_tasks++] = *task;
		return 0;
	}
	for (i = 0; i < told->more_tasks; i++)
		if (row->more[i] == key)
			return 0;
	if (told->more_tasks == SW_FINDING_MORE)
		return 0;
	if (!row->more) {
		row->more = malloc(SW_FINDING_MORE * sizeof(*row->more));
		if (!row->more)
			return -ENOMEM;
	}
	row->more[told->more_tasks++] = key;
	return 0;
}

int finder__found(struct sw_finder *f, struct watch *w, const struct sw_socket *sk,
		  const struct hit *hit)
{
	const struct sw_finding_task *owner = hit->task.tid || !w ? &hit->task : &w->owner;
	struct row *row = finder__row(f, w, sk, sw_case_kind(hit->what), owner);
	int err = row ? row__hit(row, sk, hit) : -ENOMEM;

	return err ? err : row__name(row, &hit->task);
}

void rows__free(struct sw_finder *f)
{
	struct row *row, *next;

	HASH_ITER(hh, f->rows, row, next) {
		HASH_DEL(f->rows, row);
		free(row->more);
		free(row);
	}
	free(f->list);
}

static int compare(const void *a, const void *b)
{
	const struct row *row_x = *(struct row *const *)a, *row_y = *(struct row *const *)b;
	const struct sw_finding *x = &row_x->told, *y = &row_y->told;

	/* What does not matter goes last, and is left out. */
	if (row_x->matters != row_y->matters)
		return row_x->matters ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	return x->socket < y->socket ? -1 : x->socket > y->socket;
}

unsigned int rows__sort(struct sw_finder *f,
			bool (*matters)(const struct sw_finder *f, const struct sw_finding *told),
			const struct sw_finding *const **out)
{
	unsigned int n = f->n_rows;

	for (unsigned int i = 0; i < n; i++) {
		struct row *row = f->list[i];
		/* What a lost record may disprove has not been found. */
		const bool is_known = row->told.count &&
				      !(f->lost_deeds && row->by_absence == row->told.count);

		row->matters = is_known && matters(f, &row->told);
	}
	if (n) /* qsort() may not be given NULL */
		qsort(f->list, n, sizeof(*f->list), compare);
	while (n && !f->list[n - 1]->matters)
		n--;
	*out = (const struct sw_finding *const *)(void *)f->list;
	return n;
}
