/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/kallsyms.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cut.h"
#include "bounds.h"

struct ksym_name {
	uint64_t address;
	size_t name; /* where in `text` */
};

struct sw_kallsyms {
	struct ksym_name *ksyms; /* by address */
	size_t n_ksyms, cap;
	struct sw_buf text;
};

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct ksym_name *)a)->address;
	uint64_t y = ((const struct ksym_name *)b)->address;

	return x < y ? -1 : x > y;
}

static int add_ksym(struct sw_kallsyms *k, uint64_t address, const char *name)
{
	if (k->n_ksyms == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 65536;
		void *more = realloc(k->ksyms, cap * sizeof(*k->ksyms));

		if (!more)
			return -ENOMEM;
		k->ksyms = more;
		k->cap = cap;
	}
	k->ksyms[k->n_ksyms++] = (struct ksym_name){address, k->text.len};
	sw_buf__put(&k->text, name, strlen(name) + 1);
	return k->text.failed ? -ENOMEM : 0;
}

/* "address type name", and for a module's "\t[module]" */
static int read_kallsyms(struct sw_kallsyms *k)
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
		err = add_ksym(k, address, end + 3);
	}
	free(line);
	fclose(f);
	if (!err && k->n_ksyms)
		qsort(k->ksyms, k->n_ksyms, sizeof(*k->ksyms), by_address);
	return err;
}

int sw_kallsyms__new(struct sw_kallsyms **out)
{
	struct sw_kallsyms *k = calloc(1, sizeof(*k));
	int err = k ? read_kallsyms(k) : -ENOMEM;

	if (err) {
		sw_kallsyms__free(k);
		return err;
	}
	*out = k;
	return 0;
}

void sw_kallsyms__free(struct sw_kallsyms *k)
{
	if (!k)
		return;
	free(k->ksyms);
	sw_buf__free(&k->text);
	free(k);
}

static const struct ksym_name *ksym_at(const struct sw_kallsyms *k, uint64_t address)
{
	size_t low = 0, high = k ? k->n_ksyms : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->ksyms[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &k->ksyms[low - 1] : NULL;
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

void sw_kallsyms__put(const struct sw_kallsyms *k, const uint64_t *addresses, unsigned int n,
		      struct sw_buf *names)
{
	unsigned int i, first = 0;

	for (i = 0; i < n && i < OURS_MAX; i++) {
		const struct ksym_name *at = ksym_at(k, addresses[i]);

		if (at && is_tracing(k->text.data + at->name))
			first = i + 1;
	}
	for (i = first; i < n; i++) {
		const struct ksym_name *at = ksym_at(k, addresses[i]);
		const char *name = at ? k->text.data + at->name : "?";
		size_t len = strcspn(name, " "), module = strlen(name + len);

		sw_put_cut(names, name, len, SW_SYMBOL_MAX);
		if (at)
			sw_buf__printf(names, "+0x%llx",
				       (unsigned long long)(addresses[i] - at->address));
		sw_put_cut(names, name + len, module, SW_FILE_NAME_MAX);
		sw_buf__putc(names, '\0');
	}
}
