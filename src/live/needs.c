/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/needs.h"

#include <string.h>

static void decide_accept(struct sw_needs *n, const struct sw_kernel *k, const struct sw_plan *p)
{
	const struct sw_hook_plan *h = &p->hooks[SW_HOOK_ACCEPT];
	const bool traced = n->traces[SW_HOOK_ACCEPT];
	/* See accept_sleeps() in bpf/waits.bpf.h. */
	const bool by_sleep = h->rung == SW_RUNG_TRACEPOINT && !h->exact;
	const bool by_fexit = sw_plan__calls_by_fexit(p, k);

	n->accept_sleeps = traced && by_sleep;
	n->accept_switches = traced && !by_sleep;
	n->accept_calls = traced ? p->accept_calls : SW_RUNG_NONE;
	n->accept_syscalls = n->accept_switches && !by_fexit;
	if (n->accept_switches && by_fexit) {
		n->accept_fexit_2 = sw_kernel__func_args(k, "inet_csk_accept") == 2;
		n->accept_fexit_4 = !n->accept_fexit_2;
	}
}

static void decide_calls(struct sw_needs *n, const struct sw_kernel *k, const struct sw_plan *p)
{
	/* By tracepoints alone only where nothing else tells of recv and send, as it costs every
	 * task of the machine. */
	const bool affordable = p->exits || !k->io_lengths || n->accept_syscalls;

	n->io_lengths = k->io_lengths && (n->causality || n->by_task);
	n->own_by_io = n->by_task && k->io_lengths;
	/* So that sockets are known before they are used. */
	n->own_by_call = n->by_task && affordable;
	n->call_ends = (n->traces[SW_HOOK_WAIT] || n->traces[SW_HOOK_IO]) && affordable;
	/* Those of recv and send are told by other means, and those of the other calls can be by
	 * their functions' exits. */
	n->calls_by_fexit = sw_plan__calls_by_fexit(p, k) && k->io_lengths;
	n->all_calls_begin = n->call_ends && !n->calls_by_fexit;
	n->all_calls = n->accept_syscalls ||
		       (!n->calls_by_fexit && (n->call_ends || n->own_by_call));
	n->all_calls_again = n->all_calls && k->preempt != SW_PREEMPT_NONE;
}

/* Of a function that is no hook's: by the rung of callbacks, unless they are told by
 * tracepoints. */
static enum sw_rung rung_of(const struct sw_kernel *k, const struct sw_plan *p, enum sw_sym sym)
{
	const enum sw_rung rung = p->hooks[SW_HOOK_DEF_READABLE].rung;

	if (rung == SW_RUNG_KPROBE && k->syms[sym].found[0])
		return rung;
	if (rung == SW_RUNG_FENTRY && sw_kernel__has_func(k, k->syms[sym].name))
		return rung;
	return SW_RUNG_NONE;
}

static void decide_functions(struct sw_needs *n, const struct sw_kernel *k,
			     const struct sw_plan *p)
{
	n->takers = n->passed = n->tcp_states = SW_RUNG_NONE;
	if (n->traces[SW_HOOK_IO] && p->takers)
		n->takers = rung_of(k, p, SW_SYM_security_socket_recvmsg);
	if (n->by_task)
		n->passed = rung_of(k, p, SW_SYM_security_file_receive);
	if (n->packets)
		n->tcp_states = rung_of(k, p, SW_SYM_tcp_rcv_state_process);
}

/* It is counted beside the hits of one.  Best of one whose hits are not compared with what
 * the kernel counted. */
static enum sw_hook choose_others(const struct sw_needs *n)
{
	static const enum sw_hook first[] = {SW_HOOK_WAIT, SW_HOOK_WOKEN, SW_HOOK_RUN, SW_HOOK_IO};
	int hook = 0;

	for (unsigned int i = 0; i < sizeof(first) / sizeof(*first); i++)
		if (n->traces[first[i]])
			return first[i];
	while (hook < SW_HOOK_COUNT - 1 && !n->traces[hook])
		hook++;
	return hook;
}

void sw_needs__decide(struct sw_needs *n, const struct sw_kernel *k, const struct sw_plan *p,
		      const struct sw_asked *asked)
{
	memset(n, 0, sizeof(*n));
	for (int hook = 0; hook < SW_HOOK_COUNT; hook++)
		n->traces[hook] = p->hooks[hook].wanted && p->hooks[hook].rung != SW_RUNG_NONE;
	n->causality = n->traces[SW_HOOK_WOKEN] || n->traces[SW_HOOK_RUN] ||
		       n->traces[SW_HOOK_WAIT] || n->traces[SW_HOOK_IO];
	n->by_task = sw_filter_by_task(asked->filter);
	n->family = asked->filter->by_pid;
	n->family_exits = n->family && asked->pidns;
	n->family_signals = asked->program;
	n->switches = n->causality || n->traces[SW_HOOK_ACCEPT];
	/* What it costs each packet it is worth where it is asked who was woken by it. */
	n->packets = k->packets && n->traces[SW_HOOK_WOKEN];
	/* x86 without data symbols in kallsyms. Others keep preempt_count with the task. */
	n->softirqs = !k->preempt_count && !strcmp(k->arch, "x86_64");
	/* The end of a socket frees its id for the next one in its place, so it is watched
	 * wherever it can be, also where nobody asks to be told of it. */
	n->destroys = p->hooks[SW_HOOK_RCU_DESTRUCT].rung != SW_RUNG_NONE;
	n->tcp_destroys = k->cookies && !n->destroys;
	n->errors_late = p->hooks[SW_HOOK_DEF_ERROR_REPORT].rung == SW_RUNG_TRACEPOINT &&
			 n->traces[SW_HOOK_DEF_ERROR_REPORT] && n->causality;
	decide_accept(n, k, p);
	decide_calls(n, k, p);
	decide_functions(n, k, p);
	n->others = choose_others(n);
}
