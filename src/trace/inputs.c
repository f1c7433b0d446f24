/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Clocks of one boot of one machine differ by what the time was set by, at most. */
#define SAME_CLOCK_NS 1000000000ll

struct input {
	int fd;
	const char *name;
	struct sw_reader *r;
	unsigned int group; /* the first file of its trace */
	int64_t shift;	    /* what is added to its times; ns */
	const void *rec;    /* the next; NULL: none */
	size_t len;
	union {
		char bytes[sizeof(union sw_event)];
		uint64_t align;
	} moved;
};

struct sw_inputs {
	struct input *inputs;
	unsigned int n;
	bool begun;
	struct input *last; /* whose record was handed out */
	struct sw_trace_info info;
};

struct sw_inputs *sw_inputs__new(void)
{
	return calloc(1, sizeof(struct sw_inputs));
}

void sw_inputs__free(struct sw_inputs *in)
{
	if (!in)
		return;
	for (unsigned int i = 0; i < in->n; i++) {
		sw_reader__free(in->inputs[i].r);
		close(in->inputs[i].fd);
	}
	free(in->inputs);
	free(in);
}

static const struct sw_trace_info *info_of(const struct input *i)
{
	return &sw_reader__meta(i->r)->info;
}

static int64_t shift_of(const struct sw_trace_info *to, const struct sw_trace_info *from)
{
	int64_t shift = (int64_t)(from->realtime_ns - from->monotonic_ns -
				  (to->realtime_ns - to->monotonic_ns));

	if (!strcmp(to->host, from->host) && shift > -SAME_CLOCK_NS && shift < SAME_CLOCK_NS)
		return 0;
	return shift;
}

int sw_inputs__add(struct sw_inputs *in, int fd, const char *name, char why[SW_READER_WHY])
{
	struct input *more, *i;
	int err = -E2BIG;

	why[0] = '\0';
	if (in->n == SW_INPUTS_MAX)
		goto fail;
	err = -ENOMEM;
	more = realloc(in->inputs, (in->n + 1) * sizeof(*more));
	if (!more)
		goto fail;
	in->inputs = more;
	i = &more[in->n];
	memset(i, 0, sizeof(*i));
	i->fd = fd;
	i->name = name;
	err = sw_reader__new(fd, &i->r, why);
	if (err)
		goto fail;
	for (i->group = 0; i->group < in->n; i->group++)
		if (sw_reader__meta(more[i->group].r)->trace == sw_reader__meta(i->r)->trace)
			break;
	in->n++;
	i->shift = shift_of(info_of(&more[0]), info_of(i));
	return 0;
fail:
	close(fd);
	return err;
}

void sw_inputs__on_stack(struct sw_inputs *in, sw_reader_stack fn, void *arg)
{
	for (unsigned int i = 0; i < in->n; i++)
		sw_reader__on_stack(in->inputs[i].r, fn, arg);
}

static void add_counts(struct sw_count *sum, const struct sw_count *c)
{
	sum->hits += c->hits;
	sum->delivered += c->delivered;
	sum->filtered += c->filtered;
	for (unsigned int k = 0; k < SW_LOST_COUNT; k++)
		sum->lost[k] += c->lost[k];
}

/* Counts go on from file to file of a trace, so the latest are those of all. */
static const struct input *latest_of(const struct sw_inputs *in, unsigned int group)
{
	const struct input *latest = NULL;
	uint64_t most = 0;

	for (unsigned int i = 0; i < in->n; i++) {
		uint64_t hits = 1;

		if (in->inputs[i].group != group)
			continue;
		for (unsigned int k = 0; k < SW_HOOK_COUNT; k++)
			hits += info_of(&in->inputs[i])->hooks[k].count.hits;
		if (hits > most) {
			most = hits;
			latest = &in->inputs[i];
		}
	}
	return latest;
}

const struct sw_trace_info *sw_inputs__info(struct sw_inputs *in)
{
	in->info = *info_of(&in->inputs[0]);
	for (unsigned int k = 0; k < SW_HOOK_COUNT; k++)
		memset(&in->info.hooks[k].count, 0, sizeof(in->info.hooks[k].count));
	for (unsigned int g = 0; g < in->n; g++) {
		const struct input *latest = latest_of(in, g);
		uint64_t end;

		if (!latest)
			continue;
		for (unsigned int k = 0; k < SW_HOOK_COUNT; k++)
			add_counts(&in->info.hooks[k].count, &info_of(latest)->hooks[k].count);
		end = info_of(latest)->end_ns;
		if (end && end + (uint64_t)latest->shift > in->info.end_ns)
			in->info.end_ns = end + (uint64_t)latest->shift;
	}
	return &in->info;
}

bool sw_inputs__tells(const struct sw_inputs *in)
{
	for (unsigned int i = 0; i < in->n; i++)
		if (sw_reader__meta(in->inputs[i].r)->tells)
			return true;
	return false;
}

static void move_time(__u64 *ts, int64_t shift)
{
	if (*ts)
		*ts += (uint64_t)shift;
}

/* On the first file's clock, and with keys that are no other trace's. */
static void move_record(struct input *i)
{
	union sw_event ev;

	if (sw_event__decode(i->rec, i->len, &ev))
		return; /* whoever reads it will say so */
	move_time(&ev.hdr.ts, i->shift);
	ev.destroy_rec.sock ^= (uint64_t)i->group << 54;
	switch (ev.hdr.kind) {
	case SW_REC_SOCKET:
		if (ev.socket_rec.parent)
			ev.socket_rec.parent ^= (uint64_t)i->group << 54;
		break;
	case SW_REC_WAIT:
		move_time(&ev.wait_rec.begin, i->shift);
		move_time(&ev.wait_rec.end, i->shift);
		move_time(&ev.wait_rec.wakeup_ts, i->shift);
		break;
	case SW_REC_WOKEN:
		move_time(&ev.woken_rec.wakeup_ts, i->shift);
		move_time(&ev.woken_rec.woken_ts, i->shift);
		break;
	case SW_REC_RUN:
		move_time(&ev.run_rec.wakeup_ts, i->shift);
		move_time(&ev.run_rec.woken_ts, i->shift);
		break;
	case SW_REC_IO:
		move_time(&ev.io_rec.begin, i->shift);
		move_time(&ev.io_rec.wakeup_ts, i->shift);
		move_time(&ev.io_rec.run_ts, i->shift);
		break;
	default:
		break;
	}
	ev.hdr.size = (uint16_t)sw_rec_size(ev.hdr.kind);
	i->len = ev.hdr.size;
	memcpy(i->moved.bytes, &ev, i->len);
	i->rec = i->moved.bytes;
}

static int advance(struct input *i)
{
	int n = sw_reader__next(i->r, &i->rec, &i->len);

	if (n < 1)
		i->rec = NULL;
	else if (i->shift || i->group)
		move_record(i);
	return n < 0 ? n : 0;
}

static uint64_t time_of(const struct input *i)
{
	uint64_t ts;

	memcpy(&ts, i->rec, sizeof(ts));
	return ts;
}

int sw_inputs__next(struct sw_inputs *in, const void **rec, size_t *len)
{
	struct input *first = NULL;
	int err;

	/* Of several there are enough to keep the machine busy. */
	if (!in->begun && in->n == 1)
		sw_reader__read_ahead(in->inputs[0].r);
	if (in->begun && in->last) {
		err = advance(in->last);
		if (err)
			return err;
	}
	for (unsigned int i = 0; i < in->n; i++) {
		struct input *k = &in->inputs[i];

		if (!in->begun) {
			err = advance(k);
			if (err)
				return err;
		}
		if (k->rec && (!first || time_of(k) < time_of(first)))
			first = k;
	}
	in->begun = true;
	in->last = first;
	if (!first)
		return 0;
	*rec = first->rec;
	*len = first->len;
	return 1;
}

bool sw_inputs__state(const struct sw_inputs *in, unsigned int i, enum sw_reader_state *state,
		      const char **why, const char **name)
{
	if (i >= in->n)
		return false;
	*state = sw_reader__state(in->inputs[i].r);
	*why = sw_reader__why(in->inputs[i].r);
	*name = in->inputs[i].name;
	return true;
}
