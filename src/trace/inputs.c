/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/input.h"

/* Clocks of one boot of one machine differ by what the time was set by, at most. */
#define SAME_CLOCK_NS 1000000000ll

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
	free(in->heap);
	free(in->inputs);
	free(in);
}

static const struct sw_trace_info *info_of(const struct input *i)
{
	return &sw_reader__meta(i->r)->info;
}

/* Clocks that are out of all bounds wrap; such files are crafted. */
static int64_t shift_of(const struct sw_trace_info *to, const struct sw_trace_info *from)
{
	int64_t shift = (int64_t)(from->realtime_ns - from->monotonic_ns -
				  (to->realtime_ns - to->monotonic_ns));

	if (!strcmp(to->host, from->host) && shift > -SAME_CLOCK_NS && shift < SAME_CLOCK_NS)
		return 0;
	return shift;
}

static uint64_t trace_of(const struct input *i)
{
	return sw_reader__meta(i->r)->trace;
}

/* Two regular files hold the same bytes. */
static bool same_bytes(int a, int b, off_t size)
{
	char x[16384], y[sizeof(x)];

	for (off_t at = 0; at < size;) {
		ssize_t n = pread(a, x, sizeof(x), at);

		if (n <= 0 || pread(b, y, (size_t)n, at) != n || memcmp(x, y, (size_t)n))
			return false;
		at += n;
	}
	return true;
}

/* One file by whatever name, or a copy of it. */
static bool same_file(const struct input *a, const struct input *b)
{
	struct stat x, y;

	if (fstat(a->fd, &x) || fstat(b->fd, &y))
		return false;
	if (x.st_dev == y.st_dev && x.st_ino == y.st_ino)
		return true;
	return S_ISREG(x.st_mode) && S_ISREG(y.st_mode) && x.st_size == y.st_size &&
	       trace_of(a) == trace_of(b) && same_bytes(a->fd, b->fd, x.st_size);
}

static const struct input *find_same(const struct sw_inputs *in, const struct input *i)
{
	for (unsigned int k = 0; k < in->n; k++)
		if (same_file(&in->inputs[k], i))
			return &in->inputs[k];
	return NULL;
}

/* Before it is read, as a pipe that is open twice has nothing left for the second. */
static const struct input *find_open(const struct sw_inputs *in, int fd)
{
	struct stat x, y;

	if (fstat(fd, &x))
		return NULL;
	for (unsigned int k = 0; k < in->n; k++)
		if (!fstat(in->inputs[k].fd, &y) && x.st_dev == y.st_dev &&
		    x.st_ino == y.st_ino)
			return &in->inputs[k];
	return NULL;
}

static int is_there(const struct input *same, char why[SW_READER_WHY])
{
	snprintf(why, SW_READER_WHY, "the same as %s, and counted once", same->name);
	return -EEXIST;
}

int sw_inputs__add(struct sw_inputs *in, int fd, const char *name, char why[SW_READER_WHY])
{
	const struct input *same = find_open(in, fd);
	struct input *more, *i;
	int err = -E2BIG;

	why[0] = '\0';
	if (same) {
		err = is_there(same, why);
		goto fail;
	}
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
	same = find_same(in, i);
	if (same) {
		err = is_there(same, why);
		sw_reader__free(i->r);
		goto fail;
	}
	sw_reader__park(i->r);
	in->n++;
	return 0;
fail:
	close(fd);
	return err;
}

const char *sw_inputs__find(const struct sw_inputs *in, bool (*is)(const void *arg, int fd),
			    const void *arg)
{
	for (unsigned int k = 0; k < in->n; k++)
		if (is(arg, in->inputs[k].fd))
			return in->inputs[k].name;
	return NULL;
}

/* By the time on the wall when each trace began, files of one trace side by side. */
static int by_begin(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	uint64_t of_x = info_of(x)->realtime_ns, of_y = info_of(y)->realtime_ns;

	if (of_x == of_y) {
		of_x = trace_of(x);
		of_y = trace_of(y);
	}
	if (of_x == of_y)
		return strcmp(x->name, y->name);
	return of_x < of_y ? -1 : 1;
}

void sw_inputs__settle(struct sw_inputs *in)
{
	if (in->settled)
		return;
	in->settled = true;
	if (in->n > 1)
		qsort(in->inputs, in->n, sizeof(*in->inputs), by_begin);
	for (unsigned int k = 0; k < in->n; k++) {
		struct input *i = &in->inputs[k];

		/* A trace that has no number is one of its own. */
		i->group = k;
		for (unsigned int g = 0; g < k && trace_of(i); g++) {
			if (trace_of(&in->inputs[g]) != trace_of(i))
				continue;
			i->group = g;
			break;
		}
		i->shift = shift_of(info_of(&in->inputs[0]), info_of(&in->inputs[i->group]));
	}
}

static int on_stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	const struct input *i = arg;

	return i->on_stack(i->stack_arg, pid, sw_input__stack(i, number), names, len);
}

void sw_inputs__on_stack(struct sw_inputs *in, sw_reader_stack fn, void *arg)
{
	sw_inputs__settle(in);
	for (unsigned int k = 0; k < in->n; k++) {
		struct input *i = &in->inputs[k];

		i->on_stack = fn;
		i->stack_arg = arg;
		sw_reader__on_stack(i->r, on_stack, i);
	}
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
	sw_inputs__settle(in);
	in->info = *info_of(&in->inputs[0]);
	for (unsigned int k = 0; k < SW_HOOK_COUNT; k++) {
		/* What only a later trace asked for was traced, too. */
		for (unsigned int i = 1; i < in->n && !in->info.hooks[k].asked; i++)
			in->info.hooks[k] = info_of(&in->inputs[i])->hooks[k];
		memset(&in->info.hooks[k].count, 0, sizeof(in->info.hooks[k].count));
	}
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
