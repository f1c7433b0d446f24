/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cut.h"
#include "base/escape.h"
#include "base/log.h"
#include "bounds.h"
#include "live/helper.h"
#include "live/images.h"
#include "live/kallsyms.h"
#include "live/proc_maps.h"

struct sw_symbols {
	struct sw_kallsyms *kernel; /* NULL: the kernel's are not asked for */
	struct sw_images *images;   /* NULL: users' are not asked for */
	struct sw_helper *helper;
	bool (*meanwhile)(void *arg);
	void *arg;
	time_t began;	 /* on the wall */
	uint64_t failed; /* files that took more than they may */
	bool unasked;	 /* for some there was nobody to ask any more */
	struct sw_look look;
	struct sw_buf mappings;
};

static struct sw_image *read_mappings(void *arg, uint32_t id, uint32_t pid)
{
	struct sw_symbols *s = arg;

	sw_helper__mappings(s->helper, pid, &s->mappings);
	return sw_proc_maps__image(id, &s->mappings);
}

int sw_symbols__new(uint32_t stacks, struct sw_helper *helper, struct sw_symbols **out)
{
	struct sw_symbols *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->began = time(NULL);
	err = stacks & SW_STACKS_KERNEL ? sw_kallsyms__new(&s->kernel) : 0;
	if (!err && stacks & SW_STACKS_USER) {
		s->helper = helper;
		s->images = sw_images__new(read_mappings, s);
		err = s->images ? 0 : -ENOMEM;
	}
	if (err) {
		sw_symbols__free(s);
		return err;
	}
	*out = s;
	return 0;
}

void sw_symbols__free(struct sw_symbols *s)
{
	if (!s)
		return;
	sw_kallsyms__free(s->kernel);
	sw_images__free(s->images);
	sw_buf__free(&s->mappings);
	free(s);
}

/* What the kernel tells of programs must not be lost meanwhile, either. */
static bool meanwhile(void *arg)
{
	struct sw_symbols *s = arg;

	sw_images__collect(s->images);
	return s->meanwhile(s->arg);
}

void sw_symbols__meanwhile(struct sw_symbols *s, bool (*fn)(void *arg), void *arg)
{
	if (!s->helper)
		return;
	s->meanwhile = fn;
	s->arg = arg;
	sw_helper__meanwhile(s->helper, meanwhile, s);
}

void sw_symbols__kernel(const struct sw_symbols *s, const uint64_t *addresses, unsigned int n,
			struct sw_buf *names)
{
	sw_kallsyms__put(s->kernel, addresses, n, names);
}

/* --- of processes ------------------------------------------------------------------- */

#define NO_FILE UINT32_MAX

_Static_assert(SW_SYMBOL_MAX + SW_FILE_NAME_MAX + sizeof("+0xffffffffffffffff []") <= SW_FRAME_MAX,
	       "nothing of a frame is cut again");

struct frame {
	struct sw_mapping *m;  /* NULL: in no file */
	struct sw_found found; /* if its file could be read */
	size_t name;	       /* where in the stack's text */
	bool known;
	bool asked;
};

struct stack {
	struct frame frames[SW_STACK_DEPTH];
	const uint64_t *addresses;
	unsigned int n;
	struct sw_buf text; /* symbols, one behind the other */
};

/* A caller's is the address after its call, which may be in the next function already. */
static unsigned int is_caller(unsigned int i)
{
	return i ? 1 : 0;
}

static uint64_t offset_of(const struct stack *st, unsigned int i)
{
	const struct sw_mapping *m = st->frames[i].m;

	return st->addresses[i] - m->start + m->offset;
}

static const char *why_not(uint32_t outcome)
{
	switch (outcome) {
	case SW_LOOK_LARGE:
		return "its symbol table is larger than is read";
	case SW_LOOK_LATE:
		return "reading it took too long";
	default:
		return "the process that read it died";
	}
}

/* Once: there may be thousands. */
static void count_failed(struct sw_symbols *s, const struct sw_mapping *m, uint32_t outcome)
{
	struct sw_buf path = {0}, cut = {0};

	if (s->failed++)
		return;
	sw_put_cut(&cut, m->path, strlen(m->path), SW_FILE_NAME_MAX);
	sw_escape_text(&path, cut.data, cut.len);
	if (!path.failed)
		sw_note("no symbols of '%.*s': %s", (int)path.len, path.data, why_not(outcome));
	sw_buf__free(&path);
	sw_buf__free(&cut);
}

void sw_symbols__tell(const struct sw_symbols *s)
{
	if (s->failed > 1)
		sw_note("no symbols of %llu files: reading them took more than it may",
			(unsigned long long)s->failed);
	if (s->unasked)
		sw_note("some stacks have no symbols: there was no time left, or nobody to "
			"read them");
}

/* All frames that are in m, as one question. */
static void fill_look(struct sw_symbols *s, const struct stack *st, const struct sw_mapping *m)
{
	struct sw_look *l = &s->look;
	size_t len = strlen(m->path);

	l->file = m->file;
	l->start = m->start;
	l->end = m->end;
	l->inode = m->inode;
	l->major = m->major;
	l->minor = m->minor;
	l->n = 0;
	for (unsigned int i = 0; i < st->n; i++)
		if (st->frames[i].m == m)
			l->at[l->n++] = offset_of(st, i) - is_caller(i);
	memset(l->path, 0, sizeof(l->path));
	if (len < sizeof(l->path))
		memcpy(l->path, m->path, len);
}

static void take_found(struct stack *st, const struct sw_mapping *m, const struct sw_answer *a)
{
	const char *name = a->names;
	unsigned int n = 0;

	for (unsigned int i = 0; i < st->n; i++) {
		struct frame *f = &st->frames[i];

		if (f->m != m)
			continue;
		f->found = a->found[n++];
		f->known = true;
		f->name = st->text.len;
		sw_buf__put(&st->text, name, f->found.len);
		name += f->found.len;
	}
}

static void look_up(struct sw_symbols *s, struct stack *st, struct sw_mapping *m)
{
	const struct sw_answer *a;

	for (unsigned int i = 0; i < st->n; i++)
		st->frames[i].asked |= st->frames[i].m == m;
	if (m->file == NO_FILE)
		return;
	fill_look(s, st, m);
	a = sw_helper__ask(s->helper, &s->look);
	if (a->head.outcome == SW_LOOK_GONE) {
		s->look.file = 0;
		a = sw_helper__ask(s->helper, &s->look);
	}
	switch (a->head.outcome) {
	case SW_LOOK_NAMES:
		m->file = a->head.file;
		take_found(st, m, a);
		return;
	case SW_LOOK_OVER:
		s->unasked = true;
		return;
	case SW_LOOK_LARGE:
	case SW_LOOK_LATE:
	case SW_LOOK_DIED:
		count_failed(s, m, a->head.outcome);
		break;
	default:
		break;
	}
	m->file = NO_FILE;
}

static void put_frame(const struct stack *st, unsigned int i, struct sw_buf *names)
{
	const struct frame *f = &st->frames[i];
	const char *file;
	uint64_t offset;

	if (!f->m) {
		sw_buf__puts(names, "?");
		return;
	}
	offset = offset_of(st, i);
	if (f->known)
		offset = (f->found.len ? f->found.into : f->found.address) + is_caller(i);
	if (f->known && f->found.len && !st->text.failed)
		sw_buf__put(names, st->text.data + f->name, f->found.len);
	file = strrchr(f->m->path, '/');
	file = file ? file + 1 : f->m->path;
	sw_buf__printf(names, "+0x%llx [", (unsigned long long)offset);
	sw_put_cut(names, file, strlen(file), SW_FILE_NAME_MAX);
	sw_buf__putc(names, ']');
}

void sw_symbols__settle(struct sw_symbols *s, uint64_t until)
{
	if (s->images)
		sw_images__drain(s->images, until);
}

struct sw_program sw_symbols__program(struct sw_symbols *s, uint32_t pid, uint64_t ts)
{
	const struct sw_image *image = s->images ? sw_images__at(s->images, pid, ts) : NULL;

	return image ? (struct sw_program){image->id, (uint32_t)image->n}
		     : (struct sw_program){0};
}

bool sw_symbols__user(struct sw_symbols *s, uint32_t pid, uint64_t ts,
		      const uint64_t *addresses, unsigned int n, struct sw_buf *names)
{
	struct sw_image *image = s->images ? sw_images__at(s->images, pid, ts) : NULL;
	struct stack st = {.addresses = addresses, .n = n};
	bool all = true;

	if (image) {
		s->look.pid = pid;
		s->look.current = sw_images__is_current(s->images, pid, image);
		s->look.began = s->began;
	}
	for (unsigned int i = 0; i < n; i++) {
		if (image)
			st.frames[i].m = sw_image__find(image, addresses[i] - is_caller(i));
		all &= st.frames[i].m != NULL;
	}
	for (unsigned int i = 0; i < n; i++)
		if (st.frames[i].m && !st.frames[i].asked)
			look_up(s, &st, st.frames[i].m);
	for (unsigned int i = 0; i < n; i++) {
		put_frame(&st, i, names);
		sw_buf__putc(names, '\0');
	}
	sw_buf__free(&st.text);
	return all;
}
