/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/elfsyms.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Bytes of one table: some three million symbols, or their names. */
#define TABLE_MAX (64u << 20)

struct segment {
	uint64_t offset, size, address;
};

struct function {
	uint64_t address, size;
	uint32_t name; /* where in `names` */
	uint8_t rank;  /* of those at one address, the least is shown */
};

struct sw_elf {
	struct segment *segments; /* those that can be run */
	size_t n_segments;
	struct function *functions; /* by address */
	size_t n_functions;
	char *names;
	size_t names_len;
};

static int read_segments(struct sw_elf *e, Elf *elf)
{
	size_t n;

	if (elf_getphdrnum(elf, &n) || n > UINT16_MAX)
		return -EINVAL;
	e->segments = calloc(n + 1, sizeof(*e->segments));
	if (!e->segments)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(elf, (int)i, &p) || p.p_type != PT_LOAD ||
		    !(p.p_flags & PF_X))
			continue;
		e->segments[e->n_segments++] =
			(struct segment){p.p_offset, p.p_filesz, p.p_vaddr};
	}
	return 0;
}

/* The whole table where there is one, else what other files link to. */
static Elf_Scn *find_table(Elf *elf, GElf_Shdr *head)
{
	Elf_Scn *scn = NULL, *best = NULL;
	GElf_Shdr h;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &h))
			continue;
		if (h.sh_type != SHT_SYMTAB && (h.sh_type != SHT_DYNSYM || best))
			continue;
		*head = h;
		best = scn;
		if (h.sh_type == SHT_SYMTAB)
			break;
	}
	return best;
}

/* 0: the file has it all, and it is not absurdly long. */
static int check_table(const GElf_Shdr *h, uint64_t file_size)
{
	if (h->sh_offset > file_size || h->sh_size > file_size - h->sh_offset)
		return -EINVAL;
	return h->sh_size <= TABLE_MAX ? 0 : -EFBIG;
}

static int copy_names(struct sw_elf *e, Elf *elf, size_t section, uint64_t file_size)
{
	Elf_Scn *scn = elf_getscn(elf, section);
	Elf_Data *data;
	GElf_Shdr h;
	int err;

	if (!scn || !gelf_getshdr(scn, &h) || h.sh_type != SHT_STRTAB)
		return -EINVAL;
	err = check_table(&h, file_size);
	if (err)
		return err;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf || !data->d_size)
		return -EINVAL;
	e->names = malloc(data->d_size + 1);
	if (!e->names)
		return -ENOMEM;
	memcpy(e->names, data->d_buf, data->d_size);
	e->names[data->d_size] = '\0';
	e->names_len = data->d_size;
	return 0;
}

/* "send" rather than "__libc_send". */
static uint8_t rank_of(const GElf_Sym *s, const char *name)
{
	uint8_t rank = GELF_ST_BIND(s->st_info) == STB_LOCAL ? 4 : 0;

	return (uint8_t)(rank + (name[0] == '_') + (name[0] == '_' && name[1] == '_'));
}

static bool is_function(const struct sw_elf *e, const GElf_Sym *s)
{
	int type = GELF_ST_TYPE(s->st_info);

	if (type != STT_FUNC && type != STT_GNU_IFUNC && (type != STT_NOTYPE || !s->st_size))
		return false;
	return s->st_shndx != SHN_UNDEF && s->st_value && s->st_name < e->names_len &&
	       e->names[s->st_name];
}

static int by_address(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static int read_functions(struct sw_elf *e, Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Sym s;

	for (int pass = 0; data && pass < 2; pass++) {
		size_t n = 0;

		for (int i = 0; gelf_getsym(data, i, &s); i++) {
			if (!is_function(e, &s))
				continue;
			if (pass)
				e->functions[n] =
					(struct function){s.st_value, s.st_size, s.st_name,
							  rank_of(&s, e->names + s.st_name)};
			n++;
		}
		if (pass || !n)
			break;
		e->functions = malloc(n * sizeof(*e->functions));
		if (!e->functions)
			return -ENOMEM;
		e->n_functions = n;
	}
	if (e->n_functions)
		qsort(e->functions, e->n_functions, sizeof(*e->functions), by_address);
	return 0;
}

static int read_all(struct sw_elf *e, Elf *elf, uint64_t file_size)
{
	GElf_Shdr head;
	Elf_Scn *scn;
	int err;

	if (elf_kind(elf) != ELF_K_ELF)
		return -EINVAL;
	err = read_segments(e, elf);
	if (err)
		return err;
	scn = find_table(elf, &head);
	if (!scn)
		return 0;
	err = check_table(&head, file_size);
	if (!err)
		err = copy_names(e, elf, head.sh_link, file_size);
	if (err)
		return err == -EINVAL ? 0 : err;
	return read_functions(e, scn);
}

int sw_elf__new(int fd, struct sw_elf **out)
{
	struct sw_elf *e = calloc(1, sizeof(*e));
	struct stat st;
	Elf *elf;
	int err;

	if (!e)
		return -ENOMEM;
	elf_version(EV_CURRENT);
	elf = fstat(fd, &st) ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	err = elf ? read_all(e, elf, (uint64_t)st.st_size) : -EINVAL;
	elf_end(elf);
	if (err) {
		sw_elf__free(e);
		return err;
	}
	*out = e;
	return 0;
}

void sw_elf__free(struct sw_elf *e)
{
	if (!e)
		return;
	free(e->segments);
	free(e->functions);
	free(e->names);
	free(e);
}

uint64_t sw_elf__bytes(const struct sw_elf *e)
{
	return e->n_segments * sizeof(*e->segments) + e->n_functions * sizeof(*e->functions) +
	       e->names_len;
}

uint64_t sw_elf__address(const struct sw_elf *e, uint64_t file_offset)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct segment *s = &e->segments[i];

		/* Whole pages are mapped, so also what is before it in its first. */
		if (file_offset >= (s->offset & ~4095ull) && file_offset < s->offset + s->size)
			return s->address + (file_offset - s->offset);
	}
	return file_offset;
}

const char *sw_elf__function(const struct sw_elf *e, uint64_t address, uint64_t *into)
{
	size_t low = 0, high = e->n_functions;
	const struct function *f;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->functions[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	f = &e->functions[low - 1];
	while (f > e->functions && f[-1].address == f->address)
		f--;
	*into = address - f->address;
	/* Functions in assembler often have no size. */
	if (f->size && *into >= f->size)
		return NULL;
	return e->names + f->name;
}
