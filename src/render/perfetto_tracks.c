/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "render/perfetto_tracks.h"

#include <errno.h>
#include <stdlib.h>

#include "base/escape.h"
#include "core/table.h"
#include "render/perfetto_pack.h"

/* A track's number says what it is of, so that nobody has to keep it. */
enum of { OF_TRACE = 1, OF_NOBODY, OF_PROCESS, OF_SOCKET, OF_RX, OF_TX, OF_BACKLOG };
#define OF_SHIFT 60
#define OF_TASK (1ULL << 63)
#define TASK_SHIFT 31 /* bits of a socket's number before that of a task */

static uint64_t track_of(enum of of, uint64_t id)
{
	return (uint64_t)of << OF_SHIFT | (id & ((1ULL << OF_SHIFT) - 1));
}

static uint64_t task_track(uint64_t socket, uint32_t tid)
{
	return OF_TASK | (socket & ((1ULL << TASK_SHIFT) - 1)) << 32 | tid;
}

/* As long as a socket is of it. */
struct sw_pf_process {
	uint64_t pid;
	unsigned int sockets;
	UT_hash_handle hh;
};

struct sw_pf_tracks {
	struct sw_pf_socket *sockets;
	struct sw_pf_process *processes;
	struct sw_buf name;
	unsigned int n_tasks; /* of all sockets */
	bool nobody, trace; /* these tracks are described */
};

struct sw_pf_tracks *sw_pf_tracks__new(void)
{
	return calloc(1, sizeof(struct sw_pf_tracks));
}

static void process__leave(struct sw_pf_tracks *t, struct sw_pf_process *p)
{
	if (!p || --p->sockets)
		return;
	HASH_DEL(t->processes, p);
	free(p);
}

static void socket__free(struct sw_pf_tracks *t, struct sw_pf_socket *s)
{
	struct sw_pf_task *next;

	for (struct sw_pf_task *task = s->tasks; task; task = next) {
		next = task->next;
		free(task);
		t->n_tasks--;
	}
	process__leave(t, s->owner);
	if (s->prev)
		s->prev->next = s->next;
	else
		t->sockets = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

void sw_pf_tracks__free(struct sw_pf_tracks *t)
{
	if (!t)
		return;
	while (t->sockets)
		socket__free(t, t->sockets);
	sw_buf__free(&t->name);
	free(t);
}

/* A stranger's name, or two, as a track has it.  What tells tracks apart comes first. */
static const char *fit(struct sw_buf *name, const char *text)
{
	sw_escape_text(name, text, strlen(text));
	sw_buf__putc(name, '\0');
	return name->failed ? "" : name->data;
}

static struct sw_pf_process *process__of(struct sw_pf_tracks *t, struct sw_buf *out, uint32_t pid,
					 const char *comm)
{
	struct sw_pf_track track = {.id = track_of(OF_PROCESS, pid), .pid = (int32_t)pid};
	const uint64_t key = pid;
	struct sw_pf_process *p;

	HASH_FIND(hh, t->processes, &key, sizeof(key), p);
	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->pid = key;
	HASH_ADD(hh, t->processes, pid, sizeof(p->pid), p);
	if (!p->hh.tbl) {
		free(p);
		return NULL;
	}
	sw_buf__reset(&t->name);
	track.name = fit(&t->name, comm);
	if (t->name.failed)
		out->failed = true;
	sw_pf_track__put(out, &track);
	return p;
}

struct sw_pf_socket *sw_pf_socket__of(struct sw_pf_tracks *t, struct sw_socket *sk)
{
	struct sw_pf_socket *s = sk->rendered;

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->tracks = t;
	s->sk = sk;
	s->track = sw_pf_socket_track(sk->id);
	s->next = t->sockets;
	if (s->next)
		s->next->prev = s;
	t->sockets = s;
	sk->rendered = s;
	return s;
}

int sw_pf_socket__met(struct sw_pf_tracks *t, struct sw_buf *out, struct sw_pf_socket *s,
		      uint32_t pid, const char *comm)
{
	/* Of those outside the pid namespace nobody knows which process they are. */
	if (s->owner || !pid || pid > INT32_MAX)
		return 0;
	s->owner = process__of(t, out, pid, comm);
	if (!s->owner)
		return -ENOMEM;
	s->owner->sockets++;
	return 0;
}

static void describe_task(struct sw_buf *out, const struct sw_pf_socket *s,
			  const struct sw_pf_task *task, const char *comm)
{
	struct sw_pf_track track = {
		.level = SW_PF_CHILD, .id = task->track, .parent = s->track};
	struct sw_buf name = {0};

	sw_escape_text(&name, comm, strlen(comm));
	sw_buf__printf(&name, "[%u]", task->tid);
	sw_buf__putc(&name, '\0');
	if (name.failed) {
		out->failed = true;
	} else {
		track.name = name.data;
		sw_pf_track__put(out, &track);
	}
	sw_buf__free(&name);
}

/* The one that was not seen for longest makes room. */
static struct sw_pf_task *task__reuse(struct sw_pf_socket *s)
{
	struct sw_pf_task **at = &s->tasks, *task;
	uint64_t end;

	while ((*at)->next)
		at = &(*at)->next;
	task = *at;
	*at = NULL;
	end = sw_pf_nest__end(&task->nest);
	if (end > s->floor)
		s->floor = end;
	*task = (struct sw_pf_task){0};
	return task;
}

struct sw_pf_task *sw_pf_task__of(struct sw_buf *out, struct sw_pf_socket *s, uint32_t tid,
				  const char *comm)
{
	struct sw_pf_task **at = &s->tasks, *task;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	task = *at;
	if (task) {
		*at = task->next;
	} else {
		if (s->n_tasks == SW_PF_TASKS ||
		    (s->n_tasks && s->tracks->n_tasks >= SW_PF_TASKS_ALL)) {
			task = task__reuse(s);
		} else {
			task = calloc(1, sizeof(*task));
			if (!task)
				return NULL;
			s->n_tasks++;
			s->tracks->n_tasks++;
		}
		task->tid = tid;
		task->track = task_track(s->sk->id, tid);
		task->nest.floor = s->floor;
		describe_task(out, s, task, comm);
	}
	task->next = s->tasks;
	s->tasks = task;
	return task;
}

void sw_pf_socket__count(struct sw_buf *out, struct sw_pf_socket *s, enum sw_pf_counter which,
			 uint64_t ts, uint32_t value)
{
	static const struct {
		const char *name;
		enum sw_pf_unit unit;
		enum of of;
	} kinds[] = {
		[SW_PF_RX] = {"rx queued", SW_PF_BYTES, OF_RX},
		[SW_PF_TX] = {"tx queued", SW_PF_BYTES, OF_TX},
		[SW_PF_BACKLOG] = {"backlog", SW_PF_COUNT, OF_BACKLOG},
	};
	const struct sw_pf_track track = {
		.level = SW_PF_CHILD,
		.id = track_of(kinds[which].of, s->sk->id),
		.parent = s->track,
		.name = kinds[which].name,
		.unit = kinds[which].unit,
	};
	struct sw_pf_event e = {.type = SW_PF_COUNTER, .ts = ts, .track = track.id, .value = value};

	if (s->counters[which].known && s->counters[which].value == value)
		return;
	/* Most sockets never have anything queued for sending. */
	if (!s->counters[which].known && !value && which == SW_PF_TX)
		return;
	if (!s->counters[which].known)
		sw_pf_track__put(out, &track);
	s->counters[which].known = true;
	s->counters[which].value = value;
	sw_pf_event__put(out, &e);
}

static void describe_nobody(struct sw_pf_tracks *t, struct sw_buf *out)
{
	if (!t->nobody)
		sw_pf_track__put(out, &(struct sw_pf_track){.id = track_of(OF_NOBODY, 0),
							    .name = "no process seen"});
	t->nobody = true;
}

static void describe_socket(struct sw_pf_tracks *t, struct sw_buf *out,
			    const struct sw_pf_socket *s)
{
	struct sw_pf_track track = {.level = SW_PF_SOCKET, .id = s->track};
	char name[SW_SOCKET_NAME];

	if (s->owner)
		track.parent = track_of(OF_PROCESS, s->owner->pid);
	else
		track.parent = track_of(OF_NOBODY, 0);
	if (!s->owner)
		describe_nobody(t, out);
	sw_buf__reset(&t->name);
	sw_buf__printf(&t->name, "#%llu ", (unsigned long long)s->sk->id);
	if (sw_socket__describe(s->sk, name))
		out->failed = true;
	track.name = fit(&t->name, name);
	sw_pf_track__put(out, &track);
	if (t->name.failed)
		out->failed = true;
}

void sw_pf_socket__forget(struct sw_pf_tracks *t, struct sw_buf *out, struct sw_socket *sk)
{
	if (!sk->rendered)
		return;
	describe_socket(t, out, sk->rendered);
	socket__free(t, sk->rendered);
	sk->rendered = NULL;
}

void sw_pf_tracks__end(struct sw_pf_tracks *t, struct sw_buf *out)
{
	for (const struct sw_pf_socket *s = t->sockets; s; s = s->next)
		describe_socket(t, out, s);
}

uint64_t sw_pf_socket_track(uint64_t id)
{
	return track_of(OF_SOCKET, id);
}

uint64_t sw_pf_trace_track(struct sw_pf_tracks *t, struct sw_buf *out)
{
	const struct sw_pf_track track = {.id = track_of(OF_TRACE, 0), .name = "sockwake"};

	if (!t->trace)
		sw_pf_track__put(out, &track);
	t->trace = true;
	return track.id;
}
