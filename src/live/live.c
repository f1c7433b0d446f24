/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/live.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "live/fds.h"
#include "live/kprobe.h"
#include "live/ledger.h"
#include "live/rings.h"
#include "live/skeleton.h"

/* Rings when --buffer does not say: a third of a second of a saturated CPU's
 * wake-ups each, and no more than this in all. */
#define RING_DEFAULT (4u << 20)
#define RINGS_TOTAL (64u << 20)
#define RING_SMALLEST (256u << 10)

/* Inode number of the initial pid namespace (PROC_PID_INIT_INO). */
#define INIT_PIDNS 0xEFFFFFFCu

#define MAX_LINKS (SW_HOOK_COUNT + 8)

struct sw_live {
	const struct sw_kernel *k;
	struct sw_live_opts o;
	struct sw_plan plan;
	struct sockwake_bpf *skel;
	struct sw_rings *rings;
	struct sw_ledger ledger;
	struct bpf_link *links[MAX_LINKS];
	unsigned int n_links;
	bool stopped;
};

static uint32_t own_pidns(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || (uint32_t)st.st_ino == INIT_PIDNS)
		return 0;
	return st.st_ino;
}

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

/* --- before loading: which programs, and what they are told --------------- */

static bool by_task(const struct sw_live *l)
{
	return l->o.filter.by_pid || l->o.filter.n_comms;
}

static void want(struct sw_live *l, const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(l->skel->obj, name);

	bpf_program__set_autoload(prog, true);
}

/* Waits end at the function's exit where that is cheap and safe. */
static bool ends_by_fexit(const struct sw_live *l)
{
	return l->plan.hooks[SW_HOOK_ACCEPT].rung == SW_RUNG_FENTRY && l->k->fexit_sleeps;
}

static const char *fexit_program(const struct sw_live *l)
{
	return sw_kernel__func_args(l->k, "inet_csk_accept") == 2 ? "fexit_inet_csk_accept2" :
								    "fexit_inet_csk_accept4";
}

static bool is_live(const struct sw_live *l, enum sw_hook hook)
{
	return l->plan.hooks[hook].wanted && l->plan.hooks[hook].rung != SW_RUNG_NONE;
}

/* The end of a socket frees its id for the next one in its place, so it is
 * watched wherever it can be, also where nobody asks to be told of it. */
static bool watches_ends(const struct sw_live *l)
{
	return l->plan.hooks[SW_HOOK_RCU_DESTRUCT].rung != SW_RUNG_NONE;
}

static bool waits_queue_symbol(const struct sw_live *l)
{
	return l->plan.hooks[SW_HOOK_ACCEPT].rung == SW_RUNG_KPROBE &&
	       l->k->syms[SW_SYM_inet_csk_wait_for_connect].found[0];
}

static bool is_attached(const struct sw_live *l, enum sw_hook hook)
{
	bool end = hook == SW_HOOK_DESTRUCT || hook == SW_HOOK_RCU_DESTRUCT;

	return is_live(l, hook) || (end && l->plan.hooks[hook].rung != SW_RUNG_NONE);
}

static void program_name(const struct sw_live *l, enum sw_hook hook, char *buf, size_t n)
{
	static const char *const names[] = {
#define HOOK(id, fn, cause, dflt) [SW_HOOK_##id] = #fn,
		SW_HOOKS(HOOK)
#undef HOOK
	};
	static const char *const rungs[] = {"kprobe", "fentry", "tp"};
	const char *name = hook == SW_HOOK_ACCEPT ? "inet_csk_accept" : names[hook];
	enum sw_rung rung = l->plan.hooks[hook].rung;

	if (hook == SW_HOOK_ACCEPT && rung == SW_RUNG_TRACEPOINT) {
		snprintf(buf, n, "wait_sys_enter");
		return;
	}
	/* The busiest ones are there a second time, for kernels that have casts. */
	snprintf(buf, n, "%s_cast_%s", rungs[rung], name);
	if (!l->k->casts || !bpf_object__find_program_by_name(l->skel->obj, buf))
		snprintf(buf, n, "%s_%s", rungs[rung], name);
}

/* x86 without data symbols in kallsyms. Others keep preempt_count with the task. */
static bool watches_softirqs(const struct sw_live *l)
{
	return !l->k->preempt_count && !strcmp(l->k->arch, "x86_64");
}

static void choose_programs(struct sw_live *l)
{
	struct bpf_program *prog;
	char name[64];
	int hook;

	bpf_object__for_each_program(prog, l->skel->obj)
		bpf_program__set_autoload(prog, false);
	want(l, "inspect");
	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		if (!is_attached(l, hook))
			continue;
		program_name(l, hook, name, sizeof(name));
		want(l, name);
	}
	if (is_live(l, SW_HOOK_ACCEPT)) {
		want(l, "wait_sched_switch");
		if (ends_by_fexit(l))
			want(l, fexit_program(l));
		if (waits_queue_symbol(l))
			want(l, "kprobe_inet_csk_wait_for_connect");
	}
	if ((is_live(l, SW_HOOK_ACCEPT) && !ends_by_fexit(l)) || by_task(l))
		want(l, "wait_sys_exit");
	if (l->o.filter.follow)
		want(l, "follow_fork");
	if (watches_softirqs(l)) {
		want(l, "context_softirq_entry");
		want(l, "context_softirq_exit");
	}
}

static void fill_settings(struct sw_live *l)
{
	const struct sw_ksym *syms = l->k->syms;
	struct sw_settings *s = (void *)&l->skel->rodata->settings;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s->ring_bytes = l->o.ring_bytes;
	s->start_ns = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	s->n_cpus = l->k->n_cpus;
	s->pidns = own_pidns();
	s->preempt_count = l->k->preempt_count;
	s->hardirq_bits = l->k->hardirq_bits;
	s->tell_ends = is_live(l, SW_HOOK_RCU_DESTRUCT) || is_live(l, SW_HOOK_DESTRUCT);
	s->cookie_ids = l->k->cookies && !watches_ends(l);
	s->per_cpu_offset = syms[SW_SYM___per_cpu_offset].address;
	s->fn_autoremove = syms[SW_SYM_autoremove_wake_function].address;
	s->fn_woken = syms[SW_SYM_woken_wake_function].address;
	s->fn_receiver = syms[SW_SYM_receiver_wake_function].address;
	s->fn_default = syms[SW_SYM_default_wake_function].address;
	s->fn_pollwake = syms[SW_SYM_pollwake].address;
	s->fn_ep_poll = syms[SW_SYM_ep_poll_callback].address;
	s->fn_sock_def_write_space = syms[SW_SYM_sock_def_write_space].address;
	s->accept_ends_by_syscall = is_live(l, SW_HOOK_ACCEPT) && !ends_by_fexit(l);
	s->own_by_syscall = by_task(l);
	s->watch_softirqs = watches_softirqs(l);
	memcpy((void *)&l->skel->rodata->filter, &l->o.filter, sizeof(l->o.filter));
}

/* --- after loading -------------------------------------------------------- */

static int fill_ports(struct sw_live *l)
{
	int fd = bpf_map__fd(l->skel->maps.ports);
	unsigned int i;

	for (i = 0; i < l->o.n_ports; i++) {
		__u32 key = (__u32)l->o.ports[i].side << 16 | l->o.ports[i].port;
		__u8 yes = 1;

		if (bpf_map_update_elem(fd, &key, &yes, BPF_ANY))
			return -errno;
	}
	return 0;
}

static int add_inode(void *arg, uint64_t inode)
{
	struct sw_live *l = arg;
	__u8 yes = 1;

	if (bpf_map_update_elem(bpf_map__fd(l->skel->maps.owned_inodes), &inode, &yes, BPF_ANY))
		return -errno;
	return 0;
}

int sw_live__add_pid(struct sw_live *l, pid_t pid)
{
	__u32 key = pid;
	__u8 yes = 1;
	int err;

	if (bpf_map_update_elem(bpf_map__fd(l->skel->maps.pids), &key, &yes, BPF_ANY))
		return -errno;
	err = sw_fds__sockets(pid, add_inode, l);
	if (err == -E2BIG)
		sw_note("process %d has too many sockets open: of those over %d, only what it "
			"does itself is traced",
			pid, SW_MAX_SOCKETS);
	return err == -E2BIG ? 0 : err;
}

static int link_up(struct sw_live *l, struct bpf_link *link)
{
	if (!link)
		return -errno;
	l->links[l->n_links++] = link;
	return 0;
}

static int attach_named(struct sw_live *l, const char *program)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(l->skel->obj, program);

	return link_up(l, bpf_program__attach(prog));
}

/* Attaches a kprobe; its fd is in *fd, so that it can be inspected. */
static int attach_kprobe(struct sw_live *l, const char *program, const char *target, int *fd)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(l->skel->obj, program);
	struct bpf_link *link;

	*fd = sw_kprobe__open(l->k->kprobe_type, target);
	if (*fd < 0)
		return *fd;
	link = bpf_program__attach_perf_event(prog, *fd);
	if (!link) {
		int err = -errno;

		close(*fd);
		*fd = -1;
		return err;
	}
	return link_up(l, link);
}

static int attach_hook(struct sw_live *l, enum sw_hook hook)
{
	const struct sw_hook_plan *h = &l->plan.hooks[hook];
	char program[64];
	int fd, err;

	program_name(l, hook, program, sizeof(program));
	if (h->rung != SW_RUNG_KPROBE) {
		err = attach_named(l, program);
		if (!err && is_live(l, hook))
			sw_ledger__use_program(&l->ledger, hook, l->skel->obj, program);
		return err;
	}
	err = attach_kprobe(l, program, h->target, &fd);
	if (!err && is_live(l, hook))
		sw_ledger__use_kprobe(&l->ledger, hook, fd);
	return err;
}

/* What accept waits need beside their beginning. */
static int attach_waits(struct sw_live *l)
{
	int err, fd;

	err = attach_named(l, "wait_sched_switch");
	if (!err && ends_by_fexit(l))
		err = attach_named(l, fexit_program(l));
	if (!err && waits_queue_symbol(l))
		err = attach_kprobe(
			l, "kprobe_inet_csk_wait_for_connect",
			l->k->syms[SW_SYM_inet_csk_wait_for_connect].found, &fd);
	return err;
}

static int attach_all(struct sw_live *l, enum sw_hook *failed)
{
	int hook, err = 0;

	if (l->o.filter.follow)
		err = attach_named(l, "follow_fork");
	if (!err && watches_softirqs(l))
		err = attach_named(l, "context_softirq_entry");
	if (!err && watches_softirqs(l))
		err = attach_named(l, "context_softirq_exit");
	if (!err && bpf_program__autoload(l->skel->progs.wait_sys_exit))
		err = attach_named(l, "wait_sys_exit");
	if (!err && is_live(l, SW_HOOK_ACCEPT))
		err = attach_waits(l);
	*failed = SW_HOOK_COUNT;
	for (hook = 0; !err && hook < SW_HOOK_COUNT; hook++) {
		if (!is_attached(l, hook))
			continue;
		err = attach_hook(l, hook);
		if (err)
			*failed = hook;
	}
	return err;
}

static int inspect_percpu(struct sw_live *l)
{
	if (!l->k->syms[SW_SYM___per_cpu_offset].address)
		return 0;
	return sw_ledger__inspect(&l->ledger, SW_INSPECT_PERCPU, 0);
}

static int load(struct sw_live *l)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	int err;

	opts.btf_custom_path = l->k->btf_path;
	l->skel = sockwake_bpf__open_opts(&opts);
	if (!l->skel)
		return -errno;
	bpf_map__set_max_entries(l->skel->maps.rings, l->k->n_cpus);
	choose_programs(l);
	fill_settings(l);
	err = sockwake_bpf__load(l->skel);
	if (err)
		return err;
	l->rings = sw_rings__new(l->k->n_cpus, l->o.ring_bytes,
				 bpf_map__fd(l->skel->maps.rings));
	if (!l->rings)
		return -errno;
	sw_ledger__init(&l->ledger, l->skel, l->k->n_cpus);
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

static void explain(int err)
{
	if (err == -EPERM || err == -EACCES)
		sw_error("the kernel refuses to trace (%s): is it locked down "
			 "(/sys/kernel/security/lockdown), or is this a container without "
			 "CAP_BPF and CAP_PERFMON?",
			 strerror(-err));
	else if (err == -ENOMEM)
		sw_error("the kernel has no memory for the rings: try a smaller --buffer");
	else
		sw_error("cannot load the programs: %s (SOCKWAKE_DEBUG=1 shows more)",
			 strerror(-err));
}

static void explain_nothing(const struct sw_live *l)
{
	const struct sw_hook_plan *h = &l->plan.hooks[SW_HOOK_DEF_READABLE];
	int hook, rung;

	for (hook = 0; hook < SW_HOOK_COUNT; hook++)
		if (l->plan.hooks[hook].wanted)
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
	sw_plan__make(&l->plan, k, o->hooks, o->asked, o->force);
	do {
		if (!l->plan.chosen) {
			explain_nothing(l);
			err = -ENOTSUP;
			goto fail;
		}
		err = load(l);
		if (err) {
			explain(err);
			goto fail;
		}
		err = attach_all(l, &failed);
		if (err) {
			/* One rung down for this hook, and again from the start. */
			if (failed == SW_HOOK_COUNT) {
				explain(err);
				goto fail;
			}
			unload(l);
			sw_plan__demote(&l->plan, k, failed, o->force,
					"the kernel refuses to attach");
		}
	} while (err);
	for (i = 0; !err && i < o->n_pids; i++) {
		err = sw_live__add_pid(l, o->pids[i]);
		if (err)
			sw_error("cannot look at process %d: %s", o->pids[i], strerror(-err));
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
		i->attach = sw_rung_name(is_live(l, hook) ? h->rung : SW_RUNG_NONE);
		i->target = is_live(l, hook) ? h->target : "";
		i->note = h->rung != SW_RUNG_NONE	  ? h->lost :
			  l->o.force != SW_RUNG_NONE ? h->why_not[l->o.force] :
						       h->why_not[SW_RUNG_KPROBE];
		i->exact = is_live(l, hook) && h->exact;
		i->asked = (l->o.hooks >> hook & 1) != 0;
	}
}

const struct sw_plan *sw_live__plan(const struct sw_live *l)
{
	return &l->plan;
}

void sw_live__start(struct sw_live *l)
{
	l->skel->bss->active = 1;
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
	return sw_rings__drain(l->rings, m, until, more);
}

void sw_live__stop(struct sw_live *l)
{
	if (l->stopped)
		return;
	l->stopped = true;
	l->skel->bss->active = 0;
	sw_ledger__settle(&l->ledger);
	while (l->n_links)
		bpf_link__destroy(l->links[--l->n_links]);
}

void sw_live__counts(struct sw_live *l, struct sw_trace_info *info)
{
	unsigned int hook;

	for (hook = 0; hook < SW_HOOK_COUNT; hook++)
		sw_ledger__sum(&l->ledger, hook, &info->hooks[hook].count);
}
