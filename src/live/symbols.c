/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "symbols.h"
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROCESSES 8 /* of which the files are kept open */

struct ksym_name {
	uint64_t address;
	size_t name; /* where in `text` */
};

struct process {
	Dwfl *dwfl; /* NULL: none */
	uint32_t pid;
	uint64_t used;
};

struct sw_symbols {
	struct ksym_name *ksyms; /* by address */
	size_t n_ksyms, cap;
	struct sw_buf text;
	struct process processes[PROCESSES];
	uint64_t uses;
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

int sw_symbols__new(bool kernel, struct sw_symbols **out)
{
	struct sw_symbols *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = kernel ? read_kallsyms(s) : 0;
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
	for (unsigned int i = 0; i < PROCESSES; i++)
		if (s->processes[i].dwfl)
			dwfl_end(s->processes[i].dwfl);
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

static int no_debuginfo(Dwfl_Module *mod, void **user, const char *module, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)mod, (void)user, (void)module, (void)base, (void)file, (void)link, (void)crc;
	(void)path;
	return -1;
}

static Dwfl *open_process(uint32_t pid)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = no_debuginfo,
	};
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (dwfl && (dwfl_linux_proc_report(dwfl, (pid_t)pid) || dwfl_report_end(dwfl, NULL, NULL))) {
		dwfl_end(dwfl);
		return NULL;
	}
	return dwfl;
}

static Dwfl *process_of(struct sw_symbols *s, uint32_t pid)
{
	struct process *oldest = &s->processes[0], *p;

	for (p = s->processes; p < s->processes + PROCESSES; p++) {
		if (p->dwfl && p->pid == pid) {
			p->used = ++s->uses;
			return p->dwfl;
		}
		if (p->used < oldest->used)
			oldest = p;
	}
	if (oldest->dwfl)
		dwfl_end(oldest->dwfl);
	oldest->dwfl = open_process(pid);
	oldest->pid = pid;
	oldest->used = ++s->uses;
	return oldest->dwfl;
}

static void put_user(Dwfl *dwfl, uint64_t address, struct sw_buf *names)
{
	Dwfl_Module *mod = dwfl ? dwfl_addrmodule(dwfl, address) : NULL;
	const char *file, *name = NULL;
	GElf_Off offset = 0;
	Dwarf_Addr base = 0;
	GElf_Sym sym;

	if (!mod) {
		sw_buf__puts(names, "?");
		return;
	}
	file = dwfl_module_info(mod, NULL, &base, NULL, NULL, NULL, NULL, NULL);
	name = dwfl_module_addrinfo(mod, address, &offset, &sym, NULL, NULL, NULL);
	if (!name)
		offset = address - base;
	if (file && strrchr(file, '/'))
		file = strrchr(file, '/') + 1;
	sw_buf__printf(names, "%s+0x%llx [%s]", name ?: "", (unsigned long long)offset, file ?: "?");
}

void sw_symbols__user(struct sw_symbols *s, uint32_t pid, const uint64_t *addresses,
		      unsigned int n, struct sw_buf *names)
{
	Dwfl *dwfl = process_of(s, pid);

	for (unsigned int i = 0; i < n; i++) {
		put_user(dwfl, addresses[i], names);
		sw_buf__putc(names, '\0');
	}
}
