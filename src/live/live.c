/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "live/internal.h"
#include "live/room.h"
#include "sockwake-cast.skel.h"

/* Rings when --buffer does not say: a third of a second of a saturated CPU's
 * wake-ups each, and no more than this in all. */
#define RING_DEFAULT (4u << 20)
#define RINGS_TOTAL (64u << 20)
#define RING_SMALLEST (256u << 10)

static uint64_t ring_bytes(uint64_t asked, unsigned int n_cpus)
{
	uint64_t bytes = RING_DEFAULT;

	if (asked) { /* rings are powers of two: round up */
		for (bytes = SW_RING_MIN; bytes < asked; bytes *= 2)
			;
		return bytes;
	}
	while (bytes > RING_SMALLEST && bytes * n_cpus > RINGS_TOTAL)
		bytes /= 2;
	return bytes;
}

static int fill_ports(struct sw_live *l)
{
	int fd = bpf_map__fd(l->skel->maps.ports);
	unsigned int i;

	for (i = 0; i < l->o.filters->n_ports; i++) {
		__u32 key = (__u32)l->o.filters->ports[i].side << 16 | l->o.filters->ports[i].port;
		__u8 yes = 1;

		if (bpf_map_update_elem(fd, &key, &yes, BPF_ANY))
			return -errno;
	}
	return 0;
}

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

static int inspect_percpu(struct sw_live *l)
{
	if (l->k->percpu)
		memcpy(l->skel->bss->percpu_base, l->k->percpu,
		       l->k->n_cpus * sizeof(*l->k->percpu));
	if (!l->k->syms[SW_SYM___per_cpu_offset].address)
		return 0;
	return sw_ledger__inspect(&l->ledger, SW_INSPECT_PERCPU, 0);
}

/* The object with casts has the same maps and data, and more programs; so one
 * skeleton serves both. */
static int open_skeleton(struct sw_live *l)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	int err;

	opts.btf_custom_path = l->k->btf_path;
	/* Where a type is not the kernel's own, libbpf looks through those of all modules, which
	 * takes CAP_SYS_ADMIN, unless it is told where types are: no module's are wanted. */
	if (!opts.btf_custom_path && l->k->btf_in_kernel)
		opts.btf_custom_path = KERNEL_BTF;
	l->skel = calloc(1, sizeof(*l->skel));
	if (!l->skel)
		return -ENOMEM;
	err = sockwake_bpf__create_skeleton(l->skel);
	if (err)
		return err;
	if (l->k->casts)
		l->skel->skeleton->data =
			(void *)sockwake_cast__elf_bytes(&l->skel->skeleton->data_sz);
	return bpf_object__open_skeleton(l->skel->skeleton, &opts);
}

static void choose(struct sw_live *l)
{
	const struct sw_asked asked = {
		.filter = &l->o.filters->filter,
		.program = l->o.program != 0,
		.pidns = sw_live__pidns() != 0,
	};

	sw_needs__decide(&l->needs, l->k, &l->plan, &asked);
	sw_programs__choose(&l->programs, l->k, &l->plan, &l->needs);
	sw_live__autoload(l);
}

static int load(struct sw_live *l)
{
	int err;

	l->failing = "load the programs";
	err = open_skeleton(l);
	if (err)
		return err;
	bpf_map__set_max_entries(l->skel->maps.rings, l->k->n_cpus);
	if (l->o.stacks)
		bpf_map__set_max_entries(l->skel->maps.stacks, SW_MAX_STACKS);
	sw_live__size_processes(l);
	choose(l);
	sw_live__fill_settings(l);
	err = sockwake_bpf__load(l->skel);
	if (err)
		return err;
	l->rings = sw_rings__new(l->k->n_cpus, l->o.ring_bytes,
				 bpf_map__fd(l->skel->maps.rings));
	if (!l->rings) {
		err = -errno;
		l->failing = "make the rings";
		return err;
	}
	sw_ledger__init(&l->ledger, l->skel, l->k->n_cpus);
	err = sw_ledger__inspect(&l->ledger, SW_INSPECT_ANCHOR, 0);
	if (!err)
		err = inspect_percpu(l);
	if (!err)
		err = fill_ports(l);
	return err;
}

static void unload(struct sw_live *l)
{
	while (l->n_links)
		bpf_link__destroy(l->links[--l->n_links]);
	sw_rings__free(l->rings);
	l->rings = NULL;
	sockwake_bpf__destroy(l->skel);
	l->skel = NULL;
}

/* In this mode the kernel has no helper that reads its memory, and calls a program
 * that wants one invalid. */
static bool locked_down(void)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char modes[128] = "";
	bool locked;

	if (!f)
		return false;
	locked = fgets(modes, sizeof(modes), f) && strstr(modes, "[confidentiality]");
	fclose(f);
	return locked;
}

/*
 * A limit of this process that may be what failed, as its shell calls it; NULL: none is low.  Of
 * libbpf's own probing for want of descriptors or memory an error is left that says nothing of that.
 */
static const char *low_limit(int err)
{
	static const struct {
		int resource;
		rlim_t enough;
		const char *name;
	} limits[] = {
		{RLIMIT_AS, 256 << 20, "ulimit -v"},
		{RLIMIT_NOFILE, 128, "ulimit -n"},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit now;

		if (limits[i].resource == RLIMIT_NOFILE && err == -ENOMEM)
			continue;
		if (!getrlimit(limits[i].resource, &now) && now.rlim_cur < limits[i].enough)
			return limits[i].name;
	}
	return NULL;
}

static void explain(const struct sw_live *l, int err)
{
	const char *low = low_limit(err);

	if (locked_down())
		sw_error("the kernel is locked down (confidentiality) and lets no program read its "
			 "memory: boot with lockdown=integrity or none");
	else if (err == -EPERM || err == -EACCES)
		sw_error("the kernel refuses to trace (%s): is it locked down "
			 "(/sys/kernel/security/lockdown), or is this a container without "
			 "CAP_BPF and CAP_PERFMON?",
			 strerror(-err));
	else if (err == -ENOMEM && !low)
		sw_error("the kernel has no memory for the rings: try a smaller --buffer");
	else if (err == -EMFILE || err == -ENFILE)
		sw_error("cannot %s: %s: raise the limit (ulimit -n, or fs.file-max)", l->failing,
			 strerror(-err));
	else if (low)
		sw_error("cannot %s: %s, perhaps for want of room: raise the limit (%s)", l->failing,
			 strerror(-err), low);
	else
		sw_error("cannot %s: %s (SOCKWAKE_DEBUG=1 shows more)", l->failing, strerror(-err));
}

static void explain_nothing(const struct sw_live *l)
{
	const struct sw_hook_plan *h = &l->plan.hooks[SW_HOOK_DEF_READABLE];
	int hook, rung;

	for (hook = 0; hook < SW_HOOK_COUNT; hook++)
		if (l->plan.hooks[hook].wanted && !sw_hook_is_told(hook))
			h = &l->plan.hooks[hook];
	rung = l->o.force != SW_RUNG_NONE ? l->o.force : SW_RUNG_KPROBE;
	sw_error("none of the hooks asked for can be attached here%s%s: %s; "
		 "'sockwake doctor' says what can be",
		 l->o.force != SW_RUNG_NONE ? " by " : "",
		 l->o.force != SW_RUNG_NONE ? sw_rung_name(l->o.force) : "",
		 h->why_not[rung] ?: "unknown");
}

int sw_live__open(const struct sw_kernel *k, const struct sw_live_opts *o, struct sw_live **out)
{
	struct sw_live *l = calloc(1, sizeof(*l));
	enum sw_hook failed;
	unsigned int i;
	int err;

	if (!l)
		return -ENOMEM;
	l->k = k;
	l->o = *o;
	l->o.ring_bytes = ring_bytes(o->ring_bytes, k->n_cpus);
	sw_plan__make(&l->plan, k, o->hooks, o->filters->asked, o->force);
	do {
		if (!l->plan.useful) {
			explain_nothing(l);
			err = -ENOTSUP;
			goto fail;
		}
		err = load(l);
		if (err) {
			explain(l, err);
			goto fail;
		}
		l->failing = "attach the programs";
		err = sw_live__attach_all(l, &failed);
		if (err) {
			/* One rung down for this hook, and again from the start. */
			if (failed == SW_HOOK_COUNT) {
				explain(l, err);
				goto fail;
			}
			unload(l);
			sw_plan__demote(&l->plan, k, failed, o->force,
					"the kernel refuses to attach");
		}
	} while (err);
	for (i = 0; !err && i < o->filters->n_pids; i++) {
		err = sw_live__add_pid(l, o->filters->pids[i]);
		if (err)
			sw_error("cannot look at process %d: %s", o->filters->pids[i], strerror(-err));
	}
	if (!err) {
		*out = l;
		return 0;
	}
fail:
	sw_live__free(l);
	return err;
}

void sw_live__free(struct sw_live *l)
{
	if (!l)
		return;
	unload(l);
	free(l);
}

void sw_live__info(const struct sw_live *l, struct sw_trace_info *info)
{
	int hook;

	info->host = l->k->host;
	info->kernel = l->k->release;
	info->arch = l->k->arch;
	info->n_hooks = SW_HOOK_COUNT;
	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		const struct sw_hook_plan *h = &l->plan.hooks[hook];
		struct sw_hook_info *i = &info->hooks[hook];

		i->name = l->k->syms[hook].name;
		i->attach = sw_rung_name(l->needs.traces[hook] ? h->rung : SW_RUNG_NONE);
		i->target = l->needs.traces[hook] ? h->target : "";
		i->note = h->rung != SW_RUNG_NONE	  ? h->lost :
			  l->o.force != SW_RUNG_NONE ? h->why_not[l->o.force] :
						       h->why_not[SW_RUNG_KPROBE];
		i->exact = l->needs.traces[hook] && h->exact;
		i->asked = (l->o.hooks >> hook & 1) != 0;
	}
}

bool sw_live__tells(const struct sw_live *l)
{
	return l->needs.causality;
}

const struct sw_plan *sw_live__plan(const struct sw_live *l)
{
	return &l->plan;
}

/* Every hook begins and ends together. */
static void set_active(struct sw_live *l, __u32 active)
{
	volatile struct sw_cpu *cpus = l->skel->bss->cpus;
	unsigned int cpu;

	for (cpu = 0; cpu < SW_MAX_CPUS; cpu++)
		cpus[cpu].active = active;
}

void sw_live__start(struct sw_live *l)
{
	set_active(l, 1);
}

int sw_live__fd(const struct sw_live *l)
{
	return sw_rings__fd(l->rings);
}

unsigned int sw_live__rings(const struct sw_live *l)
{
	return sw_rings__count(l->rings);
}

int sw_live__drain(struct sw_live *l, struct sw_merge *m, uint64_t *until, bool *more)
{
	if (!l->stopped) {
		sw_live__follow_queues(l);
		sw_live__make_room(l);
	}
	return sw_rings__drain(l->rings, m, until, more);
}

/* Programs run under RCU: after a grace period none of them is still at a record
 * that the last look into the rings must find. */
static void let_programs_end(void)
{
	const struct timespec enough = {.tv_nsec = 50000000};

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		nanosleep(&enough, NULL);
}

void sw_live__stop(struct sw_live *l)
{
	if (l->stopped)
		return;
	l->stopped = true;
	set_active(l, 0);
	sw_ledger__settle(&l->ledger);
	while (l->n_links)
		bpf_link__destroy(l->links[--l->n_links]);
	let_programs_end();
}

void sw_live__counts(struct sw_live *l, struct sw_trace_info *info)
{
	unsigned int hook;

	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		sw_ledger__sum(&l->ledger, hook, &info->hooks[hook].count);
		info->hooks[hook].count.delivered = sw_rings__delivered(l->rings, hook);
	}
	/* They came by another way than the rings. */
	info->hooks[SW_HOOK_WAIT].count.hits += l->unended;
	info->hooks[SW_HOOK_WAIT].count.delivered += l->unended;
}

unsigned int sw_live__stack(const struct sw_live *l, uint32_t number, uint64_t *addresses)
{
	__u64 found[SW_STACK_DEPTH] = {0};
	uint32_t key = number - 1;
	unsigned int n = 0;

	if (!number || bpf_map_lookup_elem(bpf_map__fd(l->skel->maps.stacks), &key, found))
		return 0;
	for (; n < SW_STACK_DEPTH && found[n]; n++)
		addresses[n] = found[n];
	return n;
}
