/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From loaded programs to links. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "live/internal.h"
#include "live/kprobe.h"

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
static int attach_kprobe(struct sw_live *l, const char *program, const char *target, bool exit,
			 int *fd)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(l->skel->obj, program);
	struct bpf_link *link;

	*fd = sw_kprobe__open(l->k->kprobe_type, target, exit);
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

/* Where a hook's events begin: calls that this misses are the hook's losses. */
static int attach_counted(struct sw_live *l, enum sw_hook hook, enum sw_rung rung,
			  const char *program, const char *target)
{
	int fd, err;

	if (rung != SW_RUNG_KPROBE) {
		err = attach_named(l, program);
		if (!err && sw_live__traces(l, hook))
			sw_ledger__use_program(&l->ledger, hook, l->skel->obj, program);
		return err;
	}
	err = attach_kprobe(l, program, target, false, &fd);
	if (!err && sw_live__traces(l, hook))
		sw_ledger__use_kprobe(&l->ledger, hook, fd);
	return err;
}

/* Accept's own function, and its caller: the events are the caller's calls, so what the
 * function's program misses is no event. */
static int attach_accept(struct sw_live *l, const char *program)
{
	const struct sw_hook_plan *h = &l->plan.hooks[SW_HOOK_ACCEPT];
	int err, fd;

	err = h->rung == SW_RUNG_KPROBE ? attach_kprobe(l, program, h->target, false, &fd)
					: attach_named(l, program);
	if (err)
		return err;
	return attach_counted(l, SW_HOOK_ACCEPT, l->plan.accept_calls,
			      sw_live__accept_program(l),
			      l->k->syms[SW_SYM_inet_csk_accept].found);
}

static int attach_hook(struct sw_live *l, enum sw_hook hook)
{
	const struct sw_hook_plan *h = &l->plan.hooks[hook];
	char program[64];

	sw_live__program_name(l, hook, program, sizeof(program));
	if (hook == SW_HOOK_ACCEPT && sw_live__accept_program(l))
		return attach_accept(l, program);
	return attach_counted(l, hook, h->rung, program, h->target);
}

/* The ends of accept waits, where the scheduler's hook and system calls do not tell them. */
static int attach_wait_end(struct sw_live *l)
{
	const char *end = sw_live__wait_end_program(l);

	return end ? attach_named(l, end) : 0;
}

/* Whose loss it is what a program misses that no hook has as its own; SW_HOOK_COUNT: that is
 * seen elsewhere. */
static enum sw_hook loser_of(const struct sw_live *l, const char *program)
{
	const enum sw_hook others = l->skel->rodata->settings.owners_hook;

	/* There are two of the one, and a wait in accept(2) whose end neither saw is counted when
	 * its task exits; when a call began is told as not known. */
	if (!strncmp(program, "call_", strlen("call_")))
		return SW_HOOK_COUNT;
	if (!strcmp(program, sw_live__sched_program(l, true)))
		return sw_live__traces(l, SW_HOOK_WOKEN) ? SW_HOOK_WOKEN : others;
	if (!strcmp(program, sw_live__sched_program(l, false)))
		return sw_live__traces(l, SW_HOOK_RUN) ? SW_HOOK_RUN : others;
	if (!strncmp(program, "io_", strlen("io_")) && sw_live__traces(l, SW_HOOK_IO))
		return SW_HOOK_IO;
	return others;
}

/* perf_fd: the kprobe's, or -1. */
static void count_misses(struct sw_live *l, const char *program, int perf_fd)
{
	enum sw_hook loser = loser_of(l, program);

	if (loser != SW_HOOK_COUNT)
		sw_ledger__use_beside(&l->ledger, loser, l->skel->obj, program, perf_fd);
}

static int attach_call_ends(struct sw_live *l)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < SW_N_ENDING_CALLS; i++) {
		const char *program = sw_live__call_program(l, i);

		if (!program)
			continue;
		err = attach_named(l, program);
		count_misses(l, program, -1);
	}
	return err;
}

/* A program beside the hooks' own, by the rung that its name begins with; NULL: none. */
static int attach_beside(struct sw_live *l, const char *program, enum sw_sym target)
{
	int fd = -1, err;

	if (!program)
		return 0;
	if (!strncmp(program, "fentry", strlen("fentry")))
		err = attach_named(l, program);
	else
		err = attach_kprobe(l, program, l->k->syms[target].found, false, &fd);
	if (!err)
		count_misses(l, program, fd);
	return err;
}

/* Programs beside the hooks' own, where they were chosen. */
static const char *const helpers[] = {
	"family_fork",	   "family_exit",	    "family_free",	    "family_signal",
	"context_softirq_entry", "context_softirq_exit", "call_sys_exit",
	"call_sys_exit_again", "sched_waking",	    "sched_waking_cast",    "sched_switch",
	"sched_switch_cast",   "io_recv",	    "io_send",		    "call_sys_enter",
	"packet_sent",	   "packet_received",	    "packets_done",	    "packet_to_tcp",
	"tp_tcp_destroy_sock",
};

static bool loaded(const struct sw_live *l, const char *name)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(l->skel->obj, name);

	return p && bpf_program__autoload(p);
}

/* Before the entry: a frame that is opened must be closed. */
static int attach_exit(struct sw_live *l, enum sw_hook hook)
{
	const struct sw_hook_plan *h = &l->plan.hooks[hook];
	char program[64];
	int fd;

	if (!sw_live__exit_name(l, hook, program, sizeof(program)))
		return 0;
	if (h->rung == SW_RUNG_KPROBE)
		return attach_kprobe(l, program, h->target, true, &fd);
	return attach_named(l, program);
}

static const char packet_queued[] = "packet_queued";

#define MOST_WALKS 512 /* some 16,000 devices */

static void look_for_queues(struct sw_live *l)
{
	const volatile struct sw_inspection *found = &l->skel->bss->inspection;
	int i;

	for (i = 0; i < MOST_WALKS; i++) {
		if (sw_ledger__inspect(&l->ledger, SW_INSPECT_QUEUES, 0))
			break;
		if (found->value != SW_QUEUES_NOT_YET)
			break;
	}
	l->skel->bss->queues_seen = found->value != SW_QUEUES_NONE;
}

void sw_live__follow_queues(struct sw_live *l)
{
	int err;

	if (l->follows_queues || !*(volatile __u32 *)&l->skel->bss->queues_seen ||
	    !loaded(l, packet_queued))
		return;
	l->follows_queues = true;
	err = attach_named(l, packet_queued);
	if (err)
		sw_error("who sends packets by a device with a queue is not known: cannot attach to "
			 "net_dev_queue: %s",
			 strerror(-err));
	else
		count_misses(l, packet_queued, -1);
}

int sw_live__attach_all(struct sw_live *l, enum sw_hook *failed)
{
	int hook, err = 0;
	size_t i;

	*failed = SW_HOOK_COUNT;
	for (i = 0; !err && i < sizeof(helpers) / sizeof(*helpers); i++)
		if (loaded(l, helpers[i])) {
			err = attach_named(l, helpers[i]);
			count_misses(l, helpers[i], -1);
		}
	if (!err && loaded(l, packet_queued)) {
		look_for_queues(l);
		sw_live__follow_queues(l);
	}
	if (!err) {
		/* Without accept's fexit, which they go with, all calls are traced. */
		err = attach_wait_end(l);
		if (!err)
			err = attach_call_ends(l);
		if (err)
			*failed = SW_HOOK_ACCEPT;
	}
	if (!err)
		err = attach_beside(l, sw_live__taker_program(l),
				    SW_SYM_security_socket_recvmsg);
	if (!err)
		err = attach_beside(l, sw_live__passed_program(l), SW_SYM_security_file_receive);
	if (!err)
		err = attach_beside(l, sw_live__tcp_program(l), SW_SYM_tcp_rcv_state_process);
	for (hook = 0; !err && hook < SW_HOOK_COUNT; hook++) {
		if (!sw_live__attaches(l, hook))
			continue;
		err = attach_exit(l, hook);
		if (!err)
			err = attach_hook(l, hook);
		if (err)
			*failed = hook;
	}
	return err;
}
