/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cut.h"
#include "live/confine.h"
#include "live/elfsyms.h"
#include "live/opening.h"

static bool same(const struct sw_identity *a, const struct sw_identity *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->modified_s == b->modified_s && a->modified_ns == b->modified_ns;
}

/* A descriptor where there is something to read, that it says so itself. */
static int open_new(const struct sw_look *l, const struct sw_known_file *known,
		    unsigned int n_known, struct sw_opened *o)
{
	struct stat st;
	int fd = sw_open_mapping(l, &st);

	memset(o, 0, sizeof(*o));
	o->what = SW_OPENED_NOT;
	if (fd < 0)
		return -1;
	o->what = SW_OPENED;
	o->is = (struct sw_identity){st.st_dev, st.st_ino, (uint64_t)st.st_size,
				     st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
	for (unsigned int i = 0; i < n_known; i++) {
		if (!same(&known[i].is, &o->is))
			continue;
		o->what = known[i].file ? SW_OPENED_KNOWN : SW_OPENED_SPOILT;
		o->file = known[i].file;
		break;
	}
	return fd;
}

static void find(const struct sw_elf *e, const struct sw_look *l, struct sw_answer *a)
{
	struct sw_buf names = {0};

	a->head.n = l->n <= SW_STACK_DEPTH ? l->n : SW_STACK_DEPTH;
	for (uint32_t i = 0; i < a->head.n; i++) {
		struct sw_found *f = &a->found[i];
		size_t before = names.len;
		const char *name;

		memset(f, 0, sizeof(*f));
		f->address = sw_elf__address(e, l->at[i]);
		name = sw_elf__function(e, f->address, &f->into);
		if (name)
			sw_put_cut(&names, name, strlen(name), SW_SYMBOL_MAX);
		f->len = (uint32_t)(names.len - before);
	}
	a->head.outcome = names.failed ? SW_LOOK_LARGE : SW_LOOK_NAMES;
	if (names.failed)
		a->head.n = 0;
	else if (names.len)
		memcpy(a->names, names.data, a->head.len = (uint32_t)names.len);
	sw_buf__free(&names);
}

static struct sw_elf *read_file(int fd, struct sw_answer *a)
{
	struct sw_elf *e = NULL;
	int err = sw_elf__new(fd, &e);

	a->head.outcome = err == -ENOMEM || err == -EFBIG ? SW_LOOK_LARGE : SW_LOOK_NONE;
	return err ? NULL : e;
}

/* Of the heap nothing is given back: it ends with the process. */
static void answer_all(struct sw_look *l, int fd, int in, int out)
{
	static struct sw_answer a;
	const struct sw_elf *e = read_file(fd, &a);
	const uint32_t file = l->file;

	close(fd);
	do {
		a.head.file = file;
		a.head.len = 0;
		a.head.kept = e ? sw_elf__bytes(e) : 0;
		if (e)
			find(e, l, &a);
	} while (!sw_wire__write_answer(out, &a) && e &&
		 !sw_wire__read(in, l, sizeof(*l), NULL));
}

noreturn void sw_file_reader__run(struct sw_look *l, const struct sw_known_file *known,
				  unsigned int n_known, int in, int out)
{
	struct sw_opened o;
	int fd;

	if (sw_confine__files(in, out) || sw_confine__limits())
		_exit(1);
	fd = open_new(l, known, n_known, &o);
	if (sw_wire__write(out, &o, sizeof(o)) || o.what != SW_OPENED)
		_exit(0);
	if (sw_confine__to_reading())
		_exit(1);
	answer_all(l, fd, in, out);
	_exit(0);
}
