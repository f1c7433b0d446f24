/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/programs.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"

static const char *const names[] = {
#define PROGRAM(name) #name,
	SW_PROGRAMS(PROGRAM)
#undef PROGRAM
};

const char *sw_prog_name(enum sw_prog id)
{
	return names[id];
}

/* SW_PROG_COUNT: there is none of that name. */
static enum sw_prog find(const char *name)
{
	int id = 0;

	while (id < SW_PROG_COUNT && strcmp(names[id], name))
		id++;
	return id;
}

/* Whose loss it is what a program misses. */
enum loser {
	NOBODYS, /* it is counted elsewhere, or told as not known */
	OTHERS,
	WOKEN,
	RUN,
	IO,
};

static enum sw_hook loser_of(const struct sw_needs *n, enum loser whose)
{
	static const enum sw_hook hooks[] = {
		[WOKEN] = SW_HOOK_WOKEN, [RUN] = SW_HOOK_RUN, [IO] = SW_HOOK_IO};

	if (whose == NOBODYS)
		return SW_HOOK_COUNT;
	return whose != OTHERS && n->traces[hooks[whose]] ? hooks[whose] : n->others;
}

/* Programs at tracepoints that are no hook's. */
static const struct row {
	enum sw_prog id, with_casts;
	size_t need; /* where in struct sw_needs */
	enum loser loser;
	bool later;
} rows[] = {
#define ANY(name, cast, need, loser, later) \
	{SW_PROG_##name, SW_PROG_##cast, offsetof(struct sw_needs, need), loser, later}
#define ROW(name, need, loser) ANY(name, name, need, loser, false)
#define TWINS(name, need, loser) ANY(name, name##_cast, need, loser, false)
#define LATER(name, need, loser) ANY(name, name, need, loser, true)
	ROW(family_fork, family, OTHERS),
	ROW(family_exit, family_exits, OTHERS),
	ROW(family_free, family, OTHERS),
	ROW(family_signal, family_signals, OTHERS),
	ROW(context_softirq_entry, softirqs, OTHERS),
	ROW(context_softirq_exit, softirqs, OTHERS),
	/* There are two of the one, and a wait in accept(2) whose end neither saw is counted when
	 * its task exits; when a call began is told as not known. */
	ROW(call_sys_exit, all_calls, NOBODYS),
	ROW(call_sys_exit_again, all_calls_again, NOBODYS),
	TWINS(sched_waking, causality, WOKEN),
	TWINS(sched_switch, switches, RUN),
	ROW(io_recv, io_lengths, IO),
	ROW(io_send, io_lengths, IO),
	ROW(call_sys_enter, all_calls_begin, NOBODYS),
	ROW(packet_sent, packets, OTHERS),
	ROW(packet_received, packets, OTHERS),
	ROW(packets_done, packets, OTHERS),
	ROW(packet_to_tcp, packets, OTHERS),
	/* Where no device has a queue it would be for nothing: see sw_live__follow_queues(). */
	LATER(packet_queued, packets, OTHERS),
	ROW(tp_tcp_destroy_sock, tcp_destroys, OTHERS),
#undef LATER
#undef TWINS
#undef ROW
#undef ANY
};

/* System calls by their functions' exits. */
static const struct call {
	enum sw_prog id;
	const char *function;
	bool waits, makes;
} calls[] = {
#define CALL(name, waits, makes) {SW_PROG_fexit_call_##name, SW_CALL_PREFIX #name, waits, makes},
	SW_ENDING_CALLS(CALL)
#undef CALL
#define CALL(name, waits, makes) {SW_PROG_fexit_call_##name, SW_CALL_0_PREFIX #name, waits, makes},
	SW_ENDING_CALLS_0(CALL)
#undef CALL
};

/* Functions that are no hook's. */
static const struct function {
	size_t rung; /* where in struct sw_needs */
	enum sw_sym sym;
	enum sw_prog kprobe, fentry;
} functions[] = {
#define FUNCTION(need, name)                                                    \
	{offsetof(struct sw_needs, need), SW_SYM_##name, SW_PROG_kprobe_##name, \
	 SW_PROG_fentry_##name}
	FUNCTION(takers, security_socket_recvmsg),
	FUNCTION(passed, security_file_receive),
	FUNCTION(tcp_states, tcp_rcv_state_process),
#undef FUNCTION
};

static bool is_needed(const struct sw_needs *n, size_t need)
{
	return *(const bool *)((const char *)n + need);
}

/* One that nobody counts, attached to what its section says. */
static struct sw_program *add(struct sw_programs *out, enum sw_prog id)
{
	struct sw_program *p = &out->list[out->n++];

	*p = (struct sw_program){
		.id = id,
		.counted = SW_HOOK_COUNT,
		.loser = SW_HOOK_COUNT,
		.fails = SW_HOOK_COUNT,
	};
	return p;
}

static void add_rows(struct sw_programs *out, const struct sw_kernel *k, const struct sw_needs *n)
{
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		struct sw_program *p;

		if (!is_needed(n, r->need))
			continue;
		p = add(out, k->casts ? r->with_casts : r->id);
		p->loser = loser_of(n, r->loser);
		p->later = r->later;
	}
}

/* Without accept's fexit, which they go with, all calls are traced. */
static void add_calls(struct sw_programs *out, const struct sw_kernel *k, const struct sw_needs *n)
{
	if (n->accept_fexit_2)
		add(out, SW_PROG_fexit_inet_csk_accept2)->fails = SW_HOOK_ACCEPT;
	if (n->accept_fexit_4)
		add(out, SW_PROG_fexit_inet_csk_accept4)->fails = SW_HOOK_ACCEPT;
	for (const struct call *c = calls; c < calls + sizeof(calls) / sizeof(*calls); c++) {
		const bool wanted = (c->waits && n->call_ends) || (c->makes && n->own_by_call);
		struct sw_program *p;

		if (!n->calls_by_fexit || !wanted || !sw_kernel__has_func(k, c->function))
			continue;
		p = add(out, c->id);
		p->loser = n->others;
		p->fails = SW_HOOK_ACCEPT;
	}
}

static void add_functions(struct sw_programs *out, const struct sw_kernel *k,
			  const struct sw_needs *n)
{
	const size_t count = sizeof(functions) / sizeof(*functions);

	for (const struct function *f = functions; f < functions + count; f++) {
		const enum sw_rung rung = *(const enum sw_rung *)((const char *)n + f->rung);
		struct sw_program *p;

		if (rung == SW_RUNG_NONE)
			continue;
		p = add(out, rung == SW_RUNG_KPROBE ? f->kprobe : f->fentry);
		p->loser = n->others;
		p->kprobe = rung == SW_RUNG_KPROBE ? k->syms[f->sym].found : NULL;
	}
}

/* The program of a hook, by the name of its function; the busiest ones are there a second
 * time, for kernels that have casts. */
static enum sw_prog entry_of(enum sw_rung rung, const char *function, bool casts)
{
	static const char *const rungs[] = {"kprobe", "fentry", "tp"};
	enum sw_prog id = SW_PROG_COUNT;
	char name[64];

	snprintf(name, sizeof(name), "%s_cast_%s", rungs[rung], function);
	if (casts)
		id = find(name);
	snprintf(name, sizeof(name), "%s_%s", rungs[rung], function);
	return id == SW_PROG_COUNT ? find(name) : id;
}

/* Where a frame that is opened is closed again; SW_PROG_COUNT: its function opens none. */
static enum sw_prog exit_of(enum sw_rung rung, const char *function)
{
	char name[64];

	if (rung == SW_RUNG_TRACEPOINT)
		return SW_PROG_COUNT;
	snprintf(name, sizeof(name), "%s_%s", rung == SW_RUNG_KPROBE ? "kretprobe" : "fexit",
		 function);
	return find(name);
}

static struct sw_program *add_entry(struct sw_programs *out, enum sw_hook hook, enum sw_rung rung,
				    enum sw_prog id, const char *target)
{
	struct sw_program *p = add(out, id);

	p->kprobe = rung == SW_RUNG_KPROBE ? target : NULL;
	p->fails = hook;
	return p;
}

/* Accept's events are the caller's calls; what accept's own function's program misses, where
 * that is one, is no event. */
static void add_accept(struct sw_programs *out, const struct sw_kernel *k,
		       const struct sw_hook_plan *h, const struct sw_needs *n)
{
	static const enum sw_prog callers[] = {SW_PROG_kprobe_inet_csk_accept,
					       SW_PROG_fentry_inet_csk_accept};
	const char *caller = k->syms[SW_SYM_inet_csk_accept].found;

	if (h->rung == SW_RUNG_TRACEPOINT) {
		add_entry(out, SW_HOOK_ACCEPT, h->rung, SW_PROG_wait_sys_enter, NULL)->counted =
			SW_HOOK_ACCEPT;
		return;
	}
	if (!h->own[h->rung]) {
		add_entry(out, SW_HOOK_ACCEPT, h->rung, callers[h->rung], h->target)->counted =
			SW_HOOK_ACCEPT;
		return;
	}
	add_entry(out, SW_HOOK_ACCEPT, h->rung,
		  h->rung == SW_RUNG_KPROBE ? SW_PROG_kprobe_inet_csk_wait_for_connect :
					      SW_PROG_fentry_inet_csk_wait_for_connect,
		  h->target);
	add_entry(out, SW_HOOK_ACCEPT, n->accept_calls, callers[n->accept_calls], caller)->counted =
		SW_HOOK_ACCEPT;
}

static void add_hook(struct sw_programs *out, const struct sw_kernel *k, const struct sw_plan *plan,
		     const struct sw_needs *n, enum sw_hook hook)
{
	const struct sw_hook_plan *h = &plan->hooks[hook];
	const char *function = k->syms[hook].name;
	enum sw_prog exit = exit_of(h->rung, function);
	struct sw_program *p;

	if (hook == SW_HOOK_ACCEPT) {
		add_accept(out, k, h, n);
		return;
	}
	/* Before the entry: a frame that is opened must be closed. */
	if (exit != SW_PROG_COUNT && n->causality && n->traces[hook]) {
		p = add_entry(out, hook, h->rung, exit, h->target);
		p->exit = h->rung == SW_RUNG_KPROBE;
	}
	p = add_entry(out, hook, h->rung, entry_of(h->rung, function, k->casts), h->target);
	if (n->traces[hook])
		p->counted = hook;
}

/* To be traced, or for other hooks' sake. */
static bool is_attached(const struct sw_plan *plan, const struct sw_needs *n, enum sw_hook hook)
{
	const bool end = hook == SW_HOOK_DESTRUCT || hook == SW_HOOK_RCU_DESTRUCT;

	if (sw_hook_is_told(hook) || (hook == SW_HOOK_ACCEPT && n->accept_sleeps))
		return false;
	return n->traces[hook] || (end && plan->hooks[hook].rung != SW_RUNG_NONE);
}

void sw_programs__choose(struct sw_programs *out, const struct sw_kernel *k,
			 const struct sw_plan *plan, const struct sw_needs *n)
{
	out->n = 0;
	add_rows(out, k, n);
	add_calls(out, k, n);
	add_functions(out, k, n);
	for (int hook = 0; hook < SW_HOOK_COUNT; hook++)
		if (is_attached(plan, n, hook))
			add_hook(out, k, plan, n, hook);
}
