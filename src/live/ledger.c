/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/ledger.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

/* How often a settled state is looked for, a millisecond apart: a hit may be
 * between the kernel's count and the program's. */
#define SETTLE_TRIES 50

void sw_ledger__init(struct sw_ledger *g, struct sockwake_bpf *skel, unsigned int n_cpus)
{
	int i;

	memset(g, 0, sizeof(*g));
	g->skel = skel;
	g->n_cpus = n_cpus;
	for (i = 0; i < SW_HOOK_COUNT; i++)
		g->kprobe_fd[i] = g->program_fd[i] = -1;
}

void sw_ledger__use_kprobe(struct sw_ledger *g, enum sw_hook hook, int perf_fd)
{
	g->kprobe_fd[hook] = perf_fd;
}

void sw_ledger__use_program(struct sw_ledger *g, enum sw_hook hook, int program_fd)
{
	g->program_fd[hook] = program_fd;
}

void sw_ledger__use_beside(struct sw_ledger *g, enum sw_hook hook, int program_fd, int perf_fd)
{
	g->beside[g->n_beside++] = (struct sw_beside){
		.hook = hook,
		.kprobe_fd = perf_fd,
		.program_fd = program_fd,
	};
}

void sw_ledger__lose(struct sw_ledger *g, enum sw_hook hook, enum sw_loss loss, __u64 n)
{
	struct sw_count *c = &g->skel->bss->cpus[0].counts[hook];

	__sync_fetch_and_add(&c->hits, n);
	__sync_fetch_and_add(&c->lost[loss], n);
}

int sw_ledger__inspect(struct sw_ledger *g, enum sw_inspect what, __u64 arg)
{
	__u64 args[2] = {what, arg};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	if (bpf_prog_test_run_opts(bpf_program__fd(g->skel->progs.inspect), &opts))
		return -errno;
	return g->skel->bss->inspection.error;
}

static void sum(const struct sw_ledger *g, enum sw_hook hook, struct sw_count *out)
{
	unsigned int cpu, cpus = g->n_cpus < SW_MAX_CPUS ? g->n_cpus : SW_MAX_CPUS;
	int i;

	memset(out, 0, sizeof(*out));
	for (cpu = 0; cpu < cpus; cpu++) {
		const volatile struct sw_count *c =
			(const volatile void *)&g->skel->bss->cpus[cpu].counts[hook];

		out->hits += c->hits;
		out->idle += c->idle;
		out->filtered += c->filtered;
		for (i = 0; i < SW_LOST_COUNT; i++)
			out->lost[i] += c->lost[i];
	}
}

/* Hits that the program saw, whether tracing was on or not. */
static __u64 seen(const struct sw_ledger *g, enum sw_hook hook)
{
	struct sw_count c;

	sum(g, hook, &c);
	return c.hits + c.idle;
}

static void nap(void)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	nanosleep(&ms, NULL);
}

/*
 * A kprobe counts its hits before it runs a program, and a program is not run
 * when it would interrupt another one: the difference is what was lost.
 */
static void settle_kprobe(struct sw_ledger *g, enum sw_hook hook)
{
	__u64 least = ~0ull;
	int try;

	/* A wait is counted by its end, not where the kprobe is. */
	for (try = 0; try < SETTLE_TRIES && least; try++) {
		__u64 before = seen(g, hook), hits;

		if (sw_ledger__inspect(g, SW_INSPECT_KPROBE, g->kprobe_fd[hook]))
			return;
		g->missed[hook] = g->skel->bss->inspection.missed;
		hits = g->skel->bss->inspection.value;
		if (hook == SW_HOOK_ACCEPT)
			return;
		if (hits >= before && hits - before < least)
			least = hits - before;
		if (least)
			nap();
	}
	g->recursion[hook] = least == ~0ull ? 0 : least;
}

/* Since 5.12 the kernel counts the calls for which it skipped a program. */
static __u64 skipped(int program_fd)
{
	struct bpf_prog_info info;
	__u32 len = sizeof(info);

	memset(&info, 0, sizeof(info));
	return bpf_obj_get_info_by_fd(program_fd, &info, &len) ? 0 : info.recursion_misses;
}

static void settle_beside(struct sw_ledger *g, const struct sw_beside *b)
{
	g->recursion[b->hook] += skipped(b->program_fd);
	if (b->kprobe_fd >= 0 && !sw_ledger__inspect(g, SW_INSPECT_KPROBE, b->kprobe_fd))
		g->missed[b->hook] += g->skel->bss->inspection.missed;
}

void sw_ledger__settle(struct sw_ledger *g)
{
	int hook;

	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		if (g->kprobe_fd[hook] >= 0)
			settle_kprobe(g, hook);
		else if (g->program_fd[hook] >= 0)
			g->recursion[hook] = skipped(g->program_fd[hook]);
	}
	for (unsigned int i = 0; i < g->n_beside; i++)
		settle_beside(g, &g->beside[i]);
}

void sw_ledger__sum(const struct sw_ledger *g, enum sw_hook hook, struct sw_count *out)
{
	sum(g, hook, out);
	out->lost[SW_LOST_RECURSION] = g->recursion[hook];
	out->lost[SW_LOST_MISSED] = g->missed[hook];
	out->hits += g->recursion[hook] + g->missed[hook];
}
