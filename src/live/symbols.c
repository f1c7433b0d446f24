/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "bounds.h"
#include "live/elfsyms.h"
#include "live/images.h"

#define FILES 64 /* whose symbols are kept */

struct ksym_name {
	uint64_t address;
	size_t name; /* where in `text` */
};

struct file {
	uint32_t serial; /* 0: none */
	struct stat st;
	struct sw_elf *elf; /* NULL: it is none */
	uint64_t used;
};

struct sw_symbols {
	struct ksym_name *ksyms; /* by address */
	size_t n_ksyms, cap;
	struct sw_buf text;
	struct sw_images *images; /* NULL: users' are not asked for */
	struct file files[FILES];
	uint32_t last_serial;
	uint64_t uses;
	time_t began; /* on the wall */
};

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct ksym_name *)a)->address;
	uint64_t y = ((const struct ksym_name *)b)->address;

	return x < y ? -1 : x > y;
}

static int add_ksym(struct sw_symbols *s, uint64_t address, const char *name)
{
	if (s->n_ksyms == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 65536;
		void *more = realloc(s->ksyms, cap * sizeof(*s->ksyms));

		if (!more)
			return -ENOMEM;
		s->ksyms = more;
		s->cap = cap;
	}
	s->ksyms[s->n_ksyms++] = (struct ksym_name){address, s->text.len};
	sw_buf__put(&s->text, name, strlen(name) + 1);
	return s->text.failed ? -ENOMEM : 0;
}

/* "address type name", and for a module's "\t[module]" */
static int read_kallsyms(struct sw_symbols *s)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	if (!f)
		return -errno;
	while (!err && getline(&line, &cap, f) > 0) {
		char *end;
		uint64_t address = strtoull(line, &end, 16);

		if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !address ||
		    !strchr("tTwW", end[1]))
			continue;
		for (char *p = end + 3; *p; p++) {
			if (*p == '\t')
				*p = ' ';
			else if (*p == '\n')
				*p = '\0';
		}
		err = add_ksym(s, address, end + 3);
	}
	free(line);
	fclose(f);
	if (!err && s->n_ksyms)
		qsort(s->ksyms, s->n_ksyms, sizeof(*s->ksyms), by_address);
	return err;
}

int sw_symbols__new(uint32_t stacks, struct sw_symbols **out)
{
	struct sw_symbols *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->began = time(NULL);
	err = stacks & SW_STACKS_KERNEL ? read_kallsyms(s) : 0;
	if (!err && stacks & SW_STACKS_USER) {
		s->images = sw_images__new();
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
	for (unsigned int i = 0; i < FILES; i++)
		sw_elf__free(s->files[i].elf);
	sw_images__free(s->images);
	free(s->ksyms);
	sw_buf__free(&s->text);
	free(s);
}

static const struct ksym_name *ksym_at(const struct sw_symbols *s, uint64_t address)
{
	size_t low = 0, high = s->n_ksyms;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->ksyms[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &s->ksyms[low - 1] : NULL;
}

/* Ours, which stand between the callback and the program that looks at the stack. */
static bool is_tracing(const char *name)
{
	static const char *const begins[] = {
		"bpf_prog_", "bpf_trampoline_", "bpf_trace_run", "__bpf_trace_", "bpf_get_stackid",
		"__traceiter_", "trace_call_bpf", "kprobe_", "opt_pre_handler", "optimized_callback",
		"aggr_pre_handler", "ftrace_", "kprobe_ftrace_handler", "__ftrace_", "arch_ftrace_ops",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (!strncmp(name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

#define OURS_MAX 8 /* how deep those are looked for */

void sw_symbols__kernel(const struct sw_symbols *s, const uint64_t *addresses, unsigned int n,
			struct sw_buf *names)
{
	unsigned int i, first = 0;

	for (i = 0; i < n && i < OURS_MAX; i++) {
		const struct ksym_name *k = ksym_at(s, addresses[i]);

		if (k && is_tracing(s->text.data + k->name))
			first = i + 1;
	}
	for (i = first; i < n; i++) {
		const struct ksym_name *k = ksym_at(s, addresses[i]);
		const char *name = k ? s->text.data + k->name : "?";
		size_t len = strcspn(name, " ");

		sw_buf__put(names, name, len);
		if (k)
			sw_buf__printf(names, "+0x%llx",
				       (unsigned long long)(addresses[i] - k->address));
		sw_buf__puts(names, name + len);
		sw_buf__putc(names, '\0');
	}
}

static struct file *find_file(struct sw_symbols *s, uint32_t serial)
{
	for (struct file *f = s->files; f < s->files + FILES; f++) {
		if (f->serial == serial) {
			f->used = ++s->uses;
			return f;
		}
	}
	return NULL;
}

static bool same_stat(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* One that is known, or the place of the one that was not asked for the longest. */
static struct file *place_for(struct sw_symbols *s, const struct stat *st)
{
	struct file *oldest = s->files;

	for (struct file *f = s->files; f < s->files + FILES; f++) {
		if (f->serial && same_stat(&f->st, st))
			return f;
		if (f->used < oldest->used)
			oldest = f;
	}
	sw_elf__free(oldest->elf);
	*oldest = (struct file){.st = *st};
	return oldest;
}

static bool is_mapped_file(const struct stat *st, const struct sw_mapping *m)
{
	return st->st_ino == m->inode && major(st->st_dev) == m->major &&
	       minor(st->st_dev) == m->minor;
}

struct user {
	uint32_t pid;
	struct sw_image *image;
	bool current; /* it is still in that program */
};

/* By one of the paths that may lead to it: the very file, or none. */
static int try_path(const struct sw_symbols *s, const struct user *u, const struct sw_mapping *m,
		    const char *path, bool exact, struct stat *st)
{
	/* It may have become a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) || !S_ISREG(st->st_mode))
		goto other;
	/* On overlays the file's numbers are not those that the mapping has. */
	if (!is_mapped_file(st, m) && !(exact && u->current))
		goto other;
	/* Numbers of files that were removed are given out again. */
	if (!u->current && st->st_ctim.tv_sec >= s->began)
		goto other;
	return fd;
other:
	close(fd);
	return -1;
}

/*
 * As the process sees it: by its mapping, whatever was done to the path since; by its
 * root, which may be in another mount namespace; when it has ended, by ours.
 */
static int open_mapping(const struct sw_symbols *s, const struct user *u,
			const struct sw_mapping *m, struct stat *st)
{
	char path[PATH_MAX + 32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", u->pid,
		 (unsigned long long)m->start, (unsigned long long)m->end);
	fd = try_path(s, u, m, path, true, st);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%u/exe", u->pid);
	fd = try_path(s, u, m, path, false, st);
	if (fd >= 0 || m->path[0] != '/')
		return fd;
	snprintf(path, sizeof(path), "/proc/%u/root%s", u->pid, m->path);
	fd = try_path(s, u, m, path, false, st);
	return fd >= 0 ? fd : try_path(s, u, m, m->path, false, st);
}

#define NO_FILE UINT32_MAX

/* NULL: it is not to be had. */
static const struct sw_elf *elf_of(struct sw_symbols *s, const struct user *u,
				   struct sw_mapping *m)
{
	struct file *f = NULL;
	struct stat st;
	int fd;

	if (m->file == NO_FILE)
		return NULL;
	if (m->file)
		f = find_file(s, m->file);
	if (f)
		return f->elf;
	fd = open_mapping(s, u, m, &st);
	if (fd < 0) {
		m->file = NO_FILE;
		return NULL;
	}
	f = place_for(s, &st);
	if (!f->serial) {
		f->serial = ++s->last_serial;
		if (sw_elf__new(fd, &f->elf))
			f->elf = NULL;
	}
	close(fd);
	m->file = f->serial;
	f->used = ++s->uses;
	return f->elf;
}

/* A caller's is the address after its call, which may be in the next function already. */
static bool put_user(struct sw_symbols *s, const struct user *u, uint64_t address, bool caller,
		     struct sw_buf *names)
{
	struct sw_mapping *m = u->image ? sw_image__find(u->image, address - caller) : NULL;
	const char *file, *name = NULL;
	const struct sw_elf *elf;
	uint64_t offset, into;

	if (!m) {
		sw_buf__puts(names, "?");
		return false;
	}
	offset = address - m->start + m->offset;
	elf = elf_of(s, u, m);
	if (elf) {
		offset = sw_elf__address(elf, offset - caller) + caller;
		name = sw_elf__function(elf, offset - caller, &into);
		if (name)
			offset = into + caller;
	}
	file = strrchr(m->path, '/');
	sw_buf__printf(names, "%s+0x%llx [%s]", name ?: "", (unsigned long long)offset,
		       file ? file + 1 : m->path);
	return true;
}

void sw_symbols__settle(struct sw_symbols *s, uint64_t until)
{
	if (s->images)
		sw_images__drain(s->images, until);
}

struct sw_program sw_symbols__program(struct sw_symbols *s, uint32_t pid, uint64_t ts)
{
	const struct sw_image *image = s->images ? sw_images__at(s->images, pid, ts) : NULL;

	return image ? (struct sw_program){image->id, (uint32_t)image->n} : (struct sw_program){0};
}

bool sw_symbols__user(struct sw_symbols *s, uint32_t pid, uint64_t ts, const uint64_t *addresses,
		      unsigned int n, struct sw_buf *names)
{
	struct user u = {.pid = pid, .image = s->images ? sw_images__at(s->images, pid, ts) : NULL};
	bool all = true;

	u.current = u.image && sw_images__is_current(s->images, pid, u.image);
	for (unsigned int i = 0; i < n; i++) {
		all &= put_user(s, &u, addresses[i], i, names);
		sw_buf__putc(names, '\0');
	}
	return all;
}
