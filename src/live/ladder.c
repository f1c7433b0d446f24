/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/ladder.h"

#include <string.h>

/* Which tracepoint stands in for a hook, and what it does not show. */
struct stand_in {
	const char *tracepoint;
	const char *lost;
	bool exact;
};

static const struct stand_in stand_ins[SW_HOOK_COUNT] = {
	/* It is the first thing that the function does (since 6.3); sockets that
	 * wrap the callback fire it in each layer. */
	[SW_HOOK_DEF_READABLE] = {"sk_data_ready",
				  "a socket of kTLS, MPTCP or a sockmap counts once for each layer",
				  true},
	[SW_HOOK_DEF_WAKEUP] = {"inet_sock_set_state",
				"only TCP's changes of state, each taken for the call that follows it",
				false},
	[SW_HOOK_DEF_ERROR_REPORT] = {"inet_sk_error_report", "only IPv4 and IPv6 sockets", false},
	[SW_HOOK_ACCEPT] = {"sched_switch", "only accepts that sleep, and not what they return",
			    false},
};

/* To trace system calls takes every task the slow way into the kernel and out,
 * so that is done for those only who name accept. */
static const struct stand_in accept_asked = {
	"sys_enter", "no accepts by io_uring or by 32-bit programs", true};

/* Who was woken, and what came of it: the scheduler and the ends of calls tell. */
static const struct stand_in told[SW_HOOK_COUNT] = {
	[SW_HOOK_WOKEN] = {"sched_waking", "", true},
	[SW_HOOK_RUN] = {"sched_switch", "", true},
	[SW_HOOK_WAIT] = {"sched_switch", "", true},
	[SW_HOOK_IO] = {"sock_recv_length", "", true},
};

/* ... where the exits of callbacks, and system calls, are not seen. */
static const struct stand_in told_less[SW_HOOK_COUNT] = {
	[SW_HOOK_WOKEN] = {"sched_waking",
			   "no wake-ups by signals, nor by errors before the task's first sleep",
			   false},
	[SW_HOOK_RUN] = {"sched_switch", "", true},
	[SW_HOOK_WAIT] = {"sched_switch", "no results of connect and poll", false},
	[SW_HOOK_IO] = {"sock_recv_length",
			"no accept and no splice; of calls that did not sleep only the end", false},
};

/* Before 6.3 the ends of recv and send are those of system calls. */
static const struct stand_in io_by_syscall = {
	"sys_exit", "no calls of tasks that never slept for a socket", false};

/* ... and the takers' beginnings are seen. */
static const struct stand_in io_by_takers = {
	"sys_exit", "no sends of tasks that never slept for a socket", false};

bool sw_hook_is_told(enum sw_hook hook)
{
	return told[hook].tracepoint;
}

static bool sees_exits(const struct sw_kernel *k, enum sw_rung force)
{
	return force != SW_RUNG_TRACEPOINT && (k->kprobe_type >= 0 || k->trampolines);
}

static bool sees_takers(const struct sw_kernel *k, enum sw_rung force)
{
	return !k->io_lengths && sees_exits(k, force) &&
	       k->syms[SW_SYM_security_socket_recvmsg].found[0];
}

static const struct stand_in *stand_in_of(const struct sw_kernel *k, enum sw_hook hook, bool asked,
					  enum sw_rung force)
{
	if (hook == SW_HOOK_IO && !k->io_lengths)
		return sees_takers(k, force) ? &io_by_takers : &io_by_syscall;
	if (sw_hook_is_told(hook))
		return sees_exits(k, force) ? &told[hook] : &told_less[hook];
	if (hook == SW_HOOK_ACCEPT && (asked || !k->task_regs))
		return &accept_asked;
	return &stand_ins[hook];
}

static const bool cheap_only[SW_HOOK_COUNT] = {
#define CHEAP true
#define ALWAYS false
#define HOOK(id, name, cause, dflt) [SW_HOOK_##id] = dflt,
	SW_HOOKS(HOOK)
#undef HOOK
#undef CHEAP
#undef ALWAYS
};

const char *sw_rung_name(enum sw_rung rung)
{
	static const char *const names[] = {"kprobe", "fentry", "tracepoint", NULL, "none"};

	return names[rung];
}

/*
 * inet_csk_wait_for_connect() is a static function with one caller, and inlined into
 * it in every kernel of a distribution that we looked at: then the caller stands for
 * it.  Where it is a function, the caller is watched beside it.
 */
static const struct sw_ksym *symbol_of(const struct sw_kernel *k, enum sw_hook hook, bool own)
{
	return &k->syms[hook == SW_HOOK_ACCEPT && !own ? SW_SYM_inet_csk_accept : (int)hook];
}

static const char *why_no_kprobe(const struct sw_kernel *k, const struct sw_ksym *sym)
{
	if (k->kprobe_type < 0)
		return k->kprobes_refused ? "the kernel refuses kprobes: see kernel.perf_event_paranoid" :
					    "the kernel has no kprobes";
	return sym->found[0] ? NULL : "no such function in this kernel (inlined?)";
}

static const char *why_no_fentry(const struct sw_kernel *k, const struct sw_ksym *sym)
{
	if (!k->trampolines)
		return k->no_trampolines[0] ? k->no_trampolines : "no trampolines";
	if (!sw_kernel__has_func(k, sym->name))
		return "BTF has no such function (inlined, or in a module?)";
	return strcmp(sym->found, sym->name) ? "the compiler changed the function's arguments" :
					       NULL;
}

static void look_at_function(struct sw_hook_plan *h, const struct sw_kernel *k, enum sw_hook hook,
			     enum sw_rung rung)
{
	const char *(*why)(const struct sw_kernel *k, const struct sw_ksym *sym) =
		rung == SW_RUNG_KPROBE ? why_no_kprobe : why_no_fentry;

	h->why_not[rung] = sw_hook_is_told(hook) ? "tracepoints tell of it" :
						   why(k, symbol_of(k, hook, false));
	h->available[rung] = !h->why_not[rung];
	h->own[rung] = h->available[rung] && !why(k, symbol_of(k, hook, true));
}

static void look_at_tracepoint(struct sw_hook_plan *h, const struct sw_kernel *k,
			       enum sw_hook hook, enum sw_rung force)
{
	const char *tp = stand_in_of(k, hook, h->asked, force)->tracepoint;

	/* Every kernel has those, as raw tracepoints. */
	if (sw_hook_is_told(hook))
		h->available[SW_RUNG_TRACEPOINT] = true;
	else if (!tp)
		h->why_not[SW_RUNG_TRACEPOINT] = "no tracepoint tells of it";
	else if (!sw_kernel__has_tracepoint(k, tp))
		h->why_not[SW_RUNG_TRACEPOINT] = "this kernel does not have the tracepoint";
	else
		h->available[SW_RUNG_TRACEPOINT] = true;
}

static bool preemptible(const struct sw_kernel *k)
{
	return k->preempt != SW_PREEMPT_NONE;
}

/* Cheapest first, among those that lose nothing; then those that lose. */
static enum sw_rung first_of(const bool *available, const struct sw_kernel *k)
{
	static const enum sw_rung exact_fentry[] = {SW_RUNG_FENTRY, SW_RUNG_KPROBE,
						    SW_RUNG_TRACEPOINT};
	static const enum sw_rung lossy_fentry[] = {SW_RUNG_KPROBE, SW_RUNG_FENTRY,
						    SW_RUNG_TRACEPOINT};
	const enum sw_rung *order = preemptible(k) ? lossy_fentry : exact_fentry;
	int i;

	for (i = 0; i < SW_RUNG_COUNT; i++)
		if (available[order[i]])
			return order[i];
	return SW_RUNG_NONE;
}

/* The hook's own function before one that stands for it. */
static enum sw_rung best(const struct sw_hook_plan *h, const struct sw_kernel *k,
			 enum sw_rung force)
{
	enum sw_rung own = first_of(h->own, k);

	if (force != SW_RUNG_NONE)
		return h->available[force] ? force : SW_RUNG_NONE;
	return own != SW_RUNG_NONE ? own : first_of(h->available, k);
}

/* Beside accept's own function: the cheapest rung, as the two need not be of one kind. */
static void choose_accept_calls(struct sw_plan *p, const struct sw_kernel *k, enum sw_rung force)
{
	const struct sw_hook_plan *h = &p->hooks[SW_HOOK_ACCEPT];

	p->accept_calls = SW_RUNG_NONE;
	if (h->rung != SW_RUNG_NONE && h->own[h->rung])
		p->accept_calls = force != SW_RUNG_NONE ? force : first_of(h->available, k);
}

/* Who waits on a queue, and how, is told by the addresses of functions. */
static void tell_of_hidden(struct sw_hook_plan *h, enum sw_hook hook, bool exits)
{
	static const char *const lost[SW_HOOK_COUNT] = {
		[SW_HOOK_WOKEN] = "nothing, as the kernel hides its addresses",
		[SW_HOOK_RUN] = "nothing, as the kernel hides its addresses",
		[SW_HOOK_WAIT] = "none in poll and epoll, as the kernel hides its addresses",
	};

	if (!lost[hook] || h->rung == SW_RUNG_NONE)
		return;
	h->lost = lost[hook];
	if (exits && hook != SW_HOOK_WAIT)
		h->lost = "not by what way, nor what is certain, as the kernel hides its addresses";
	h->advice = "with CAP_SYSLOG it does not, unless kernel.kptr_restrict is 2";
	h->exact = false;
}

static void choose(struct sw_plan *p, const struct sw_kernel *k, enum sw_hook hook,
		   enum sw_rung force)
{
	struct sw_hook_plan *h = &p->hooks[hook];
	const struct stand_in *stand_in = stand_in_of(k, hook, h->asked, force);
	const struct sw_ksym *sym;

	h->rung = best(h, k, sw_hook_is_told(hook) ? SW_RUNG_NONE : force);
	sym = symbol_of(k, hook, h->rung != SW_RUNG_NONE && h->own[h->rung]);
	if (hook == SW_HOOK_ACCEPT)
		choose_accept_calls(p, k, force);
	h->lost = "";
	h->advice = "";
	h->target = "";
	h->exact = true;
	switch (h->rung) {
	case SW_RUNG_KPROBE:
		h->target = sym->found;
		break;
	case SW_RUNG_FENTRY:
		h->target = sym->name;
		if (preemptible(k)) {
			h->lost = "no calls while another one is preempted (counted as recursion)";
			h->advice = "use --attach=kprobe";
			h->exact = false;
		}
		break;
	case SW_RUNG_TRACEPOINT:
		h->target = stand_in->tracepoint;
		h->lost = stand_in->lost;
		h->exact = stand_in->exact;
		if (!*h->lost)
			break;
		h->advice = hook == SW_HOOK_ACCEPT && !h->exact ?
				    "--events=accept shows them, at some cost" :
			    hook == SW_HOOK_IO && !k->io_lengths ? "a kernel since 6.3 shows them" :
							 "a kernel with CONFIG_KPROBES shows all";
		break;
	default:
		h->exact = false;
		h->lost = "not seen at all";
		h->advice = force == SW_RUNG_NONE ? "a kernel with CONFIG_KPROBES shows it" :
						    "try --attach=auto";
	}
	if (k->hidden)
		tell_of_hidden(h, hook, sees_exits(k, force));
}

bool sw_plan__calls_by_fexit(const struct sw_plan *p, const struct sw_kernel *k)
{
	enum sw_rung calls = p->accept_calls != SW_RUNG_NONE ? p->accept_calls :
							       p->hooks[SW_HOOK_ACCEPT].rung;

	return calls == SW_RUNG_FENTRY && k->fexit_sleeps && !preemptible(k);
}

/* To see a call begin that does not sleep, all calls would have to be traced. */
static void tell_of_io(struct sw_plan *p, const struct sw_kernel *k)
{
	struct sw_hook_plan *h = &p->hooks[SW_HOOK_IO];

	if (!k->io_lengths || !sw_plan__calls_by_fexit(p, k))
		return;
	h->lost = "of calls that did not sleep only the end";
	h->advice = "--attach=kprobe shows it, at some cost to every system call";
}

/* Unless asked for, what came of wake-ups is nothing without them. */
static bool is_useful(const struct sw_hook_plan *h, enum sw_hook hook)
{
	return h->asked || !sw_hook_is_told(hook);
}

void sw_plan__make(struct sw_plan *p, const struct sw_kernel *k, uint32_t mask, uint32_t asked,
		   enum sw_rung force)
{
	unsigned int i;

	memset(p, 0, sizeof(*p));
	p->exits = sees_exits(k, force);
	p->takers = sees_takers(k, force);
	for (i = 0; i < SW_HOOK_COUNT; i++) {
		struct sw_hook_plan *h = &p->hooks[i];

		h->asked = asked >> i & 1;
		look_at_function(h, k, i, SW_RUNG_KPROBE);
		look_at_function(h, k, i, SW_RUNG_FENTRY);
		look_at_tracepoint(h, k, i, force);
		choose(p, k, i, force);
		h->wanted = mask >> i & 1;
		if (h->wanted && cheap_only[i] && !h->asked && h->rung != SW_RUNG_FENTRY &&
		    h->rung != SW_RUNG_NONE) {
			h->wanted = false;
			h->lost = "off: it would cost a probe for every packet sent";
			h->advice = "ask for it with --events=sock_wfree";
		}
		if (!h->wanted || h->rung == SW_RUNG_NONE)
			continue;
		p->chosen++;
		p->useful += is_useful(h, i);
	}
	tell_of_io(p, k);
}

void sw_plan__demote(struct sw_plan *p, const struct sw_kernel *k, enum sw_hook hook,
		     enum sw_rung force, const char *why)
{
	struct sw_hook_plan *h = &p->hooks[hook];

	if (hook == SW_HOOK_ACCEPT && h->own[h->rung]) {
		h->own[h->rung] = false; /* inet_csk_accept() may yet stand for it */
	} else {
		h->own[h->rung] = h->available[h->rung] = false;
		h->why_not[h->rung] = why;
	}
	choose(p, k, hook, force);
	/* Not one that is attached for others' sake only: those were not counted. */
	if (h->rung == SW_RUNG_NONE && h->wanted) {
		p->chosen--;
		p->useful -= is_useful(h, hook);
	}
	choose(p, k, SW_HOOK_IO, force);
	tell_of_io(p, k);
}
