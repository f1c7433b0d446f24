/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What this kernel is able to do.  Every answer comes from the running kernel
 * (kallsyms, BTF, sysfs, a trial), none from its version number.
 */
#ifndef SW_LIVE_KERNEL_H
#define SW_LIVE_KERNEL_H

#include <stdbool.h>

#include "hooks.h"
#include "live/ksyms.h"

struct btf;

/* Symbols beside the hooks' own. */
#define SW_EXTRA_SYMS(SYM)              \
	SYM(inet_csk_accept)            \
	SYM(__preempt_count)            \
	SYM(pcpu_hot)                   \
	SYM(__per_cpu_offset)           \
	SYM(preempt_dynamic_mode)       \
	SYM(autoremove_wake_function)   \
	SYM(woken_wake_function)        \
	SYM(receiver_wake_function)     \
	SYM(default_wake_function)      \
	SYM(pollwake)                   \
	SYM(ep_poll_callback)           \
	SYM(io_poll_wake)               \
	SYM(security_socket_recvmsg)    \
	SYM(security_file_receive)      \
	SYM(tcp_rcv_state_process)      \
	SYM(__release_sock)             \
	SYM(mptcp_release_cb)           \
	SYM(mptcp_recvmsg)              \
	SYM(__wake_up_sync_key)         \
	SYM(__wake_up)                  \
	SYM(__entry_text_start)         \
	SYM(__entry_text_end)           \
	SYM(__irqentry_text_start)      \
	SYM(__irqentry_text_end)

enum sw_sym {
#define HOOK(id, name, cause, dflt) SW_SYM_##name,
	SW_HOOKS(HOOK)
#undef HOOK
#define SYM(name) SW_SYM_##name,
	SW_EXTRA_SYMS(SYM)
#undef SYM
	SW_SYM_COUNT
};

/* Whether a task in the kernel can be preempted: decides what fentry loses. */
enum sw_preempt {
	SW_PREEMPT_UNKNOWN,
	SW_PREEMPT_NONE, /* none or voluntary */
	SW_PREEMPT_FULL, /* full or lazy */
	SW_PREEMPT_RT
};

struct sw_kernel {
	char release[65], host[65], arch[65];
	struct sw_ksym syms[SW_SYM_COUNT]; /* indexed by enum sw_sym; hooks first */
	struct btf *btf;		   /* owned; NULL: none */
	bool hidden;			   /* symbols have names, and no addresses */
	bool btf_in_kernel;		   /* the kernel itself has BTF */
	const char *btf_path;		   /* borrowed; --btf's file, or NULL */

	int kprobe_type; /* of perf's kprobe events; -1: no kprobes */
	bool kprobes_refused; /* the kernel has them, and perf not for us */
	bool trampolines; /* fentry programs load and attach */
	char no_trampolines[96]; /* why not */
	enum sw_preempt preempt;
	const char *preempt_name;   /* "none", "lazy", …, "unknown" */
	uint64_t preempt_count;	    /* see struct sw_settings */
	uint64_t *percpu;	    /* owned; n_cpus, where each one's area begins, or NULL:
				     * the kernel's symbols tell */
	uint32_t hardirq_bits;
	bool cookies;		    /* tracing programs can ask for a socket's cookie */
	bool fexit_sleeps;	    /* a trampoline may be freed while a task sleeps in the traced function */
	bool task_regs;		    /* raw tracepoints can read a task's registers */
	bool io_lengths;	    /* tracepoints tell what recv and send returned */
	bool packets;		    /* tracepoints show a packet from its sender to TCP */
	bool casts;		    /* bpf_rdonly_cast(): see bpf/read.bpf.h */
	unsigned int n_cpus;	    /* possible ones */
};

/*
 * Looks at the kernel.  btf_path: a file for kernels without BTF, or NULL.
 * Returns 0, or -errno after having told the user why nothing can be traced.
 * Free with sw_kernel__free() either way.
 */
int sw_kernel__look(struct sw_kernel *k, const char *btf_path);
void sw_kernel__free(struct sw_kernel *k);

/* Gives back what only planning and loading needed: some 20 MB of types. */
void sw_kernel__forget_types(struct sw_kernel *k);

/* BTF describes a function of that name (fentry can attach to it). */
bool sw_kernel__has_func(const struct sw_kernel *k, const char *name);
/* How many arguments it takes; -1: not known. */
int sw_kernel__func_args(const struct sw_kernel *k, const char *name);
/* There is a raw tracepoint of that name, and BTF for its arguments. */
bool sw_kernel__has_tracepoint(const struct sw_kernel *k, const char *name);

#endif
