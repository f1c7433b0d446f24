/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel half is told before it is loaded. */
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

static void fill_code(struct sw_code *code, const struct sw_ksym *sym)
{
	code->begin = sym->address;
	code->end = sym->end;
}

/* Functions, by their addresses; 0: the kernel has none of that name, or hides them. */
static void fill_symbols(struct sw_settings *s, const struct sw_ksym *syms)
{
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
	s->fn_sock_def_write_space = syms[SW_SYM_sock_def_write_space].address;
}

void sw_live__fill_settings(struct sw_live *l)
{
	const struct sw_needs *n = &l->needs;
	struct sw_settings *s = (void *)&l->skel->rodata->settings;
	static const struct sw_filter none;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	fill_symbols(s, l->k->syms);
	s->ring_bytes = l->o.ring_bytes;
	s->start_ns = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	s->n_cpus = l->k->n_cpus;
	s->pidns = sw_live__pidns();
	s->preempt_count = l->k->preempt_count;
	s->hardirq_bits = l->k->hardirq_bits;
	s->program = l->o.program;
	s->owners_hook = n->others;
	s->tell_ends = n->traces[SW_HOOK_RCU_DESTRUCT] || n->traces[SW_HOOK_DESTRUCT];
	s->cookie_ids = n->tcp_destroys;
	s->errors_late = n->errors_late;
	s->sees_all_tcp = n->tcp_states != SW_RUNG_NONE;
	s->softirqs_in_tasks = l->k->preempt == SW_PREEMPT_RT;
	s->tell_woken = n->traces[SW_HOOK_WOKEN];
	s->tell_run = n->traces[SW_HOOK_RUN];
	s->tell_wait = n->traces[SW_HOOK_WAIT];
	s->tell_io = n->traces[SW_HOOK_IO];
	s->causality = n->causality;
	s->closes_frames = l->plan.exits;
	s->call_ends = n->call_ends;
	s->io_by_length = l->k->io_lengths;
	s->accept_switches = n->accept_switches;
	s->accept_sleeps = n->accept_sleeps;
	s->thread_size = KERNEL_STACK;
	s->accept_ends_by_syscall = n->accept_syscalls;
	s->own_by_syscall = n->own_by_call;
	s->own_by_io = n->own_by_io;
	s->stacks = l->o.stacks;
	s->filtered = memcmp(&l->o.filters->filter, &none, sizeof(none)) != 0;
	s->watch_softirqs = n->softirqs;
	s->packets = n->packets;
	memcpy((void *)&l->skel->rodata->filter, &l->o.filters->filter, sizeof(l->o.filters->filter));
}

