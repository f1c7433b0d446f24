/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which programs are loaded, and what they are told about kernel and run. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "live/internal.h"

/* Inode number of the initial pid namespace (PROC_PID_INIT_INO). */
#define INIT_PIDNS 0xEFFFFFFCu

/* Bytes of a kernel stack on x86-64 and arm64 (THREAD_SIZE), unless it was built
 * with KASAN: only kernels before 5.15 are asked so. */
#define KERNEL_STACK 16384

uint32_t sw_live__pidns(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || (uint32_t)st.st_ino == INIT_PIDNS)
		return 0;
	return st.st_ino;
}

static bool by_task(const struct sw_live *l)
{
	return sw_filter_by_task(&l->o.filters->filter);
}

static void want(struct sw_live *l, const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(l->skel->obj, name);

	bpf_program__set_autoload(prog, true);
}

/* The program itself, or its twin for kernels that have casts. */
static const char *const cast_twins[][2] = {
	{"sched_waking", "sched_waking_cast"},
	{"sched_switch", "sched_switch_cast"},
};

const char *sw_live__sched_program(const struct sw_live *l, bool waking)
{
	return cast_twins[!waking][l->k->casts];
}

static bool ends_by_fexit(const struct sw_live *l)
{
	return sw_plan__calls_by_fexit(&l->plan, l->k);
}

/* Accept waits are the scheduler's alone: see accept_sleeps() in bpf/waits.bpf.h. */
static bool accept_by_sleep(const struct sw_live *l)
{
	const struct sw_hook_plan *h = &l->plan.hooks[SW_HOOK_ACCEPT];

	return h->rung == SW_RUNG_TRACEPOINT && !h->exact;
}

static bool accept_by_syscall(const struct sw_live *l)
{
	return sw_live__traces(l, SW_HOOK_ACCEPT) && !ends_by_fexit(l) && !accept_by_sleep(l);
}

static bool watches_sleep(const struct sw_live *l)
{
	return sw_live__traces(l, SW_HOOK_ACCEPT) && !accept_by_sleep(l);
}

bool sw_live__accepts_by_sleep(const struct sw_live *l)
{
	return sw_live__traces(l, SW_HOOK_ACCEPT) && accept_by_sleep(l);
}

const char *sw_live__wait_end_program(const struct sw_live *l)
{
	if (!watches_sleep(l) || !ends_by_fexit(l))
		return NULL;
	return sw_kernel__func_args(l->k, "inet_csk_accept") == 2 ? "fexit_inet_csk_accept2" :
								    "fexit_inet_csk_accept4";
}

bool sw_live__traces(const struct sw_live *l, enum sw_hook hook)
{
	return l->plan.hooks[hook].wanted && l->plan.hooks[hook].rung != SW_RUNG_NONE;
}

/* The end of a socket frees its id for the next one in its place, so it is
 * watched wherever it can be, also where nobody asks to be told of it. */
static bool watches_ends(const struct sw_live *l)
{
	return l->plan.hooks[SW_HOOK_RCU_DESTRUCT].rung != SW_RUNG_NONE;
}

bool sw_live__tells(const struct sw_live *l)
{
	return sw_live__traces(l, SW_HOOK_WOKEN) || sw_live__traces(l, SW_HOOK_RUN) ||
	       sw_live__traces(l, SW_HOOK_WAIT) || sw_live__traces(l, SW_HOOK_IO);
}

/* The ends of system calls are seen; by tracepoints alone only where nothing else
 * tells of recv and send, as it costs every task of the machine. */
static bool sees_call_ends(const struct sw_live *l)
{
	return (sw_live__traces(l, SW_HOOK_WAIT) || sw_live__traces(l, SW_HOOK_IO)) &&
	       (l->plan.exits || !l->k->io_lengths || accept_by_syscall(l));
}

const char *sw_live__taker_program(const struct sw_live *l)
{
	if (!sw_live__traces(l, SW_HOOK_IO) || !l->plan.takers)
		return NULL;
	return l->plan.hooks[SW_HOOK_DEF_READABLE].rung == SW_RUNG_FENTRY ?
		       "fentry_security_socket_recvmsg" :
		       "kprobe_security_socket_recvmsg";
}

bool sw_live__exit_name(const struct sw_live *l, enum sw_hook hook, char *buf, size_t n)
{
	enum sw_rung rung = l->plan.hooks[hook].rung;

	if (!sw_live__tells(l) || !sw_live__traces(l, hook) || rung == SW_RUNG_TRACEPOINT)
		return false;
	snprintf(buf, n, "%s_%s", rung == SW_RUNG_KPROBE ? "kretprobe" : "fexit",
		 l->k->syms[hook].name);
	return bpf_object__find_program_by_name(l->skel->obj, buf) != NULL;
}

const char *sw_live__accept_program(const struct sw_live *l)
{
	if (!sw_live__traces(l, SW_HOOK_ACCEPT) || l->plan.accept_calls == SW_RUNG_NONE)
		return NULL;
	return l->plan.accept_calls == SW_RUNG_KPROBE ? "kprobe_inet_csk_accept" :
							"fentry_inet_csk_accept";
}

bool sw_live__attaches(const struct sw_live *l, enum sw_hook hook)
{
	bool end = hook == SW_HOOK_DESTRUCT || hook == SW_HOOK_RCU_DESTRUCT;

	if (sw_hook_is_told(hook) || (hook == SW_HOOK_ACCEPT && accept_by_sleep(l)))
		return false;
	return sw_live__traces(l, hook) || (end && l->plan.hooks[hook].rung != SW_RUNG_NONE);
}

void sw_live__program_name(const struct sw_live *l, enum sw_hook hook, char *buf, size_t n)
{
	static const char *const names[] = {
#define HOOK(id, fn, cause, dflt) [SW_HOOK_##id] = #fn,
		SW_HOOKS(HOOK)
#undef HOOK
	};
	static const char *const rungs[] = {"kprobe", "fentry", "tp"};
	const char *name = names[hook];
	enum sw_rung rung = l->plan.hooks[hook].rung;

	if (hook == SW_HOOK_ACCEPT && !l->plan.hooks[hook].own[rung])
		name = "inet_csk_accept";
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
bool sw_live__watches_softirqs(const struct sw_live *l)
{
	return !l->k->preempt_count && !strcmp(l->k->arch, "x86_64");
}

/* The sockets of certain tasks are those that they use ... */
static bool owns_by_io(const struct sw_live *l)
{
	return by_task(l) && l->k->io_lengths;
}

/* ... and, so that they are known before, those that they make: by calls that are watched,
 * where that costs no other task of the machine anything. */
static bool owns_by_call(const struct sw_live *l)
{
	return by_task(l) && (l->plan.exits || !l->k->io_lengths || accept_by_syscall(l));
}

/* Those of recv and send are told by other means, and those of the other calls can
 * be by their functions' exits. */
static bool calls_by_fexit(const struct sw_live *l)
{
	return ends_by_fexit(l) && l->k->io_lengths;
}

static const struct {
	const char *function, *program;
	bool waits, makes;
} ending_calls[] = {
#define CALL(name, waits, makes) {SW_CALL_PREFIX #name, "fexit_call_" #name, waits, makes},
	SW_ENDING_CALLS(CALL)
#undef CALL
#define CALL(name, waits, makes) {SW_CALL_0_PREFIX #name, "fexit_call_" #name, waits, makes},
	SW_ENDING_CALLS_0(CALL)
#undef CALL
};

const char *sw_live__call_program(const struct sw_live *l, unsigned int i)
{
	if (!calls_by_fexit(l) || !((ending_calls[i].waits && sees_call_ends(l)) ||
				    (ending_calls[i].makes && owns_by_call(l))))
		return NULL;
	return sw_kernel__has_func(l->k, ending_calls[i].function) ? ending_calls[i].program : NULL;
}

/* System calls are traced, each of every task. */
static bool traces_calls(const struct sw_live *l)
{
	return accept_by_syscall(l) ||
	       (!calls_by_fexit(l) && (sees_call_ends(l) || owns_by_call(l)));
}

/* Whose doing a wake-up is: worth what it costs each packet where it is asked who was
 * woken by it. */
static bool follows_packets(const struct sw_live *l)
{
	return l->k->packets && sw_live__traces(l, SW_HOOK_WOKEN);
}

/* Of a program for a function that is no hook's, the one for the rung of callbacks; NULL: they
 * are told by tracepoints, or the kernel has no such function. */
static const char *by_rung(const struct sw_live *l, enum sw_sym sym, const char *kprobe,
			   const char *fentry)
{
	switch (l->plan.hooks[SW_HOOK_DEF_READABLE].rung) {
	case SW_RUNG_KPROBE:
		return l->k->syms[sym].found[0] ? kprobe : NULL;
	case SW_RUNG_FENTRY:
		return sw_kernel__has_func(l->k, fentry + strlen("fentry_")) ? fentry : NULL;
	default:
		return NULL;
	}
}

const char *sw_live__tcp_program(const struct sw_live *l)
{
	return follows_packets(l) ? by_rung(l, SW_SYM_tcp_rcv_state_process,
					    "kprobe_tcp_rcv_state_process",
					    "fentry_tcp_rcv_state_process") :
				    NULL;
}

const char *sw_live__passed_program(const struct sw_live *l)
{
	return by_task(l) ? by_rung(l, SW_SYM_security_file_receive, "kprobe_security_file_receive",
				    "fentry_security_file_receive") :
			    NULL;
}

static const char *const packet_programs[] = {"packet_queued", "packet_sent", "packet_received",
					      "packets_done", "packet_to_tcp"};

void sw_live__choose_programs(struct sw_live *l)
{
	struct bpf_program *prog;
	char name[64];
	unsigned int i;
	int hook;

	bpf_object__for_each_program(prog, l->skel->obj)
		bpf_program__set_autoload(prog, false);
	want(l, "inspect");
	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		if (!sw_live__attaches(l, hook))
			continue;
		sw_live__program_name(l, hook, name, sizeof(name));
		want(l, name);
		if (sw_live__exit_name(l, hook, name, sizeof(name)))
			want(l, name);
	}
	if (sw_live__wait_end_program(l))
		want(l, sw_live__wait_end_program(l));
	if (sw_live__accept_program(l))
		want(l, sw_live__accept_program(l));
	if (sw_live__tells(l))
		want(l, sw_live__sched_program(l, true));
	if (sw_live__tells(l) || sw_live__traces(l, SW_HOOK_ACCEPT))
		want(l, sw_live__sched_program(l, false));
	if (sw_live__taker_program(l))
		want(l, sw_live__taker_program(l));
	if (l->k->io_lengths && (sw_live__tells(l) || owns_by_io(l))) {
		want(l, "io_recv");
		want(l, "io_send");
	}
	if (sees_call_ends(l) && !calls_by_fexit(l))
		want(l, "call_sys_enter");
	if (traces_calls(l))
		want(l, "call_sys_exit");
	if (traces_calls(l) && l->k->preempt != SW_PREEMPT_NONE)
		want(l, "call_sys_exit_again");
	for (i = 0; i < SW_N_ENDING_CALLS; i++)
		if (sw_live__call_program(l, i))
			want(l, sw_live__call_program(l, i));
	if (l->k->cookies && !watches_ends(l))
		want(l, "tp_tcp_destroy_sock");
	if (l->o.filters->filter.by_pid) {
		want(l, "family_fork");
		want(l, "family_free");
	}
	if (l->o.filters->filter.by_pid && sw_live__pidns())
		want(l, "family_exit");
	if (l->o.program)
		want(l, "family_signal");
	for (i = 0; i < sizeof(packet_programs) / sizeof(*packet_programs) && follows_packets(l); i++)
		want(l, packet_programs[i]);
	if (sw_live__passed_program(l))
		want(l, sw_live__passed_program(l));
	if (sw_live__tcp_program(l))
		want(l, sw_live__tcp_program(l));
	if (sw_live__watches_softirqs(l)) {
		want(l, "context_softirq_entry");
		want(l, "context_softirq_exit");
	}
}

/* What is no hook's own loss is counted beside the hits of one.  Best of one whose hits are
 * not compared with what the kernel counted. */
static enum sw_hook owners_hook(const struct sw_live *l)
{
	static const enum sw_hook told[] = {SW_HOOK_WAIT, SW_HOOK_WOKEN, SW_HOOK_RUN, SW_HOOK_IO};
	int hook = 0;

	for (unsigned int i = 0; i < sizeof(told) / sizeof(*told); i++)
		if (sw_live__traces(l, told[i]))
			return told[i];
	while (hook < SW_HOOK_COUNT - 1 && !sw_live__traces(l, hook))
		hook++;
	return hook;
}

static void fill_code(struct sw_code *code, const struct sw_ksym *sym)
{
	code->begin = sym->address;
	code->end = sym->end;
}

void sw_live__fill_settings(struct sw_live *l)
{
	const struct sw_ksym *syms = l->k->syms;
	struct sw_settings *s = (void *)&l->skel->rodata->settings;
	static const struct sw_filter none;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s->ring_bytes = l->o.ring_bytes;
	s->start_ns = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	s->n_cpus = l->k->n_cpus;
	s->pidns = sw_live__pidns();
	s->preempt_count = l->k->preempt_count;
	s->hardirq_bits = l->k->hardirq_bits;
	s->program = l->o.program;
	s->owners_hook = owners_hook(l);
	s->tell_ends = sw_live__traces(l, SW_HOOK_RCU_DESTRUCT) || sw_live__traces(l, SW_HOOK_DESTRUCT);
	s->cookie_ids = l->k->cookies && !watches_ends(l);
	s->per_cpu_offset = syms[SW_SYM___per_cpu_offset].address;
	s->fn_autoremove = syms[SW_SYM_autoremove_wake_function].address;
	s->fn_woken = syms[SW_SYM_woken_wake_function].address;
	s->fn_receiver = syms[SW_SYM_receiver_wake_function].address;
	s->fn_default = syms[SW_SYM_default_wake_function].address;
	s->fn_pollwake = syms[SW_SYM_pollwake].address;
	s->fn_ep_poll = syms[SW_SYM_ep_poll_callback].address;
	s->fn_io_poll_wake = syms[SW_SYM_io_poll_wake].address;
	fill_code(&s->code[SW_CODE_RELEASE], &syms[SW_SYM___release_sock]);
	fill_code(&s->code[SW_CODE_READABLE], &syms[SW_SYM_sock_def_readable]);
	fill_code(&s->code[SW_CODE_WAKE_SYNC], &syms[SW_SYM___wake_up_sync_key]);
	fill_code(&s->code[SW_CODE_WAKE], &syms[SW_SYM___wake_up]);
	s->code[SW_CODE_INTERRUPT].begin = syms[SW_SYM___irqentry_text_start].address;
	s->code[SW_CODE_ENTRY].begin = syms[SW_SYM___entry_text_start].address;
	s->code[SW_CODE_ENTRY].end = syms[SW_SYM___entry_text_end].address;
	s->code[SW_CODE_INTERRUPT].end = syms[SW_SYM___irqentry_text_end].address;
	fill_code(&s->code[SW_CODE_WAKEUP], &syms[SW_SYM_sock_def_wakeup]);
	fill_code(&s->code[SW_CODE_ERROR], &syms[SW_SYM_sock_def_error_report]);
	fill_code(&s->code[SW_CODE_MPTCP_RELEASE], &syms[SW_SYM_mptcp_release_cb]);
	fill_code(&s->code[SW_CODE_MPTCP_RECV], &syms[SW_SYM_mptcp_recvmsg]);
	s->errors_late = l->plan.hooks[SW_HOOK_DEF_ERROR_REPORT].rung == SW_RUNG_TRACEPOINT &&
			 sw_live__traces(l, SW_HOOK_DEF_ERROR_REPORT) && sw_live__tells(l);
	s->sees_all_tcp = sw_live__tcp_program(l) != NULL;
	s->softirqs_in_tasks = l->k->preempt == SW_PREEMPT_RT;
	s->tell_woken = sw_live__traces(l, SW_HOOK_WOKEN);
	s->tell_run = sw_live__traces(l, SW_HOOK_RUN);
	s->tell_wait = sw_live__traces(l, SW_HOOK_WAIT);
	s->tell_io = sw_live__traces(l, SW_HOOK_IO);
	s->causality = sw_live__tells(l);
	s->closes_frames = l->plan.exits;
	s->call_ends = sees_call_ends(l);
	s->io_by_length = l->k->io_lengths;
	s->accept_switches = watches_sleep(l);
	s->accept_sleeps = sw_live__accepts_by_sleep(l);
	s->thread_size = KERNEL_STACK;
	s->fn_sock_def_write_space = syms[SW_SYM_sock_def_write_space].address;
	s->accept_ends_by_syscall = accept_by_syscall(l);
	s->own_by_syscall = owns_by_call(l);
	s->own_by_io = owns_by_io(l);
	s->stacks = l->o.stacks;
	s->filtered = memcmp(&l->o.filters->filter, &none, sizeof(none)) != 0;
	s->watch_softirqs = sw_live__watches_softirqs(l);
	s->packets = follows_packets(l);
	memcpy((void *)&l->skel->rodata->filter, &l->o.filters->filter, sizeof(l->o.filters->filter));
}

