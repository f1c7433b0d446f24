// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What the fields of an event mean, in words. */
#include "words.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

/* The decoder has checked what indexes these. */
static const struct {
	const char *name;
	enum sw_cause cause;
} hooks[] = {
#define HOOK(id, name, cause, dflt) [SW_HOOK_##id] = { #name, SW_CAUSE_##cause },
	SW_HOOKS(HOOK)
#undef HOOK
};

static const char *const causes[] = {
#define CAUSE(id, name) [SW_CAUSE_##id] = #name,
	SW_CAUSES(CAUSE)
#undef CAUSE
};

static const struct {
	const char *name, *meaning;
} losses[] = {
#define LOST(id, name, meaning) [SW_LOST_##id] = { #name, meaning },
	SW_LOSSES(LOST)
#undef LOST
};

static const char *const contexts[] = {
	[SW_CTX_TASK] = "task",
	[SW_CTX_SOFTIRQ] = "softirq",
	[SW_CTX_HARDIRQ] = "hardirq",
	[SW_CTX_UNKNOWN] = "unknown",
};

static const char *const hows[] = {
	[SW_HOW_WAITD] = "waitd",
	[SW_HOW_SPACE] = "space",
	[SW_HOW_IO] = "io",
	[SW_HOW_URG] = "urg",
};

static const char *const ops[] = {
	[SW_OP_ACCEPT] = "accept",
	[SW_OP_RECV] = "recv",
	[SW_OP_SEND] = "send",
	[SW_OP_CONNECT] = "connect",
	[SW_OP_POLL] = "poll",
};

static const char *const endings[] = {
	[SW_ENDED_UNKNOWN] = "unknown",
	[SW_ENDED_WAKEUP] = "wakeup",
	[SW_ENDED_TIMEOUT] = "timeout",
	[SW_ENDED_SIGNAL] = "signal",
	[SW_ENDED_OPEN] = "open",
};

static const char *const vias[] = {
	[SW_VIA_OTHER] = "other",
	[SW_VIA_BLOCKING] = "blocking",
	[SW_VIA_POLL] = "poll",
	[SW_VIA_EPOLL] = "epoll",
	[SW_VIA_IO_URING] = "io_uring",
	[SW_VIA_ASYNC] = "async",
};

_Static_assert(ARRAY_SIZE(contexts) == SW_CTX_COUNT, "a name for each context");
_Static_assert(ARRAY_SIZE(hows) == SW_HOW_COUNT, "a name for each way");
_Static_assert(ARRAY_SIZE(ops) == SW_OP_COUNT, "a name for each operation");
_Static_assert(ARRAY_SIZE(endings) == SW_ENDED_COUNT, "a name for each ending");
_Static_assert(ARRAY_SIZE(vias) == SW_VIA_COUNT, "a name for each way to learn of it");

const char *sw_hook_name(unsigned int hook)
{
	return hooks[hook].name;
}

enum sw_cause sw_hook_cause(unsigned int hook)
{
	return hooks[hook].cause;
}

const char *sw_cause_name(unsigned int cause)
{
	return causes[cause];
}

const char *sw_context_name(unsigned int context)
{
	return contexts[context];
}

const char *sw_how_name(unsigned int how)
{
	return hows[how];
}

const char *sw_op_name(unsigned int op)
{
	return ops[op];
}

const char *sw_ended_name(unsigned int ended)
{
	return endings[ended];
}

const char *sw_via_name(unsigned int via)
{
	return vias[via];
}

const char *sw_loss_name(unsigned int loss)
{
	return losses[loss].name;
}

const char *sw_loss_meaning(unsigned int loss)
{
	return losses[loss].meaning;
}

const char *sw_how_signal(unsigned int how)
{
	return how == SW_HOW_URG ? "SIGURG" : "SIGIO";
}

enum sw_waker sw_wakeup__waker(const struct sw_rec_wakeup *r)
{
	/* Any task may call itself as a kernel thread does. */
	if (!(r->hdr.flags & SW_F_KTHREAD))
		return SW_WAKER_TASK;
	/* A task outside sockwake's pid namespace has pid 0, too. */
	if (!r->pid && !strncmp(r->comm, "swapper", 7))
		return SW_WAKER_IDLE;
	if (!strncmp(r->comm, "ksoftirqd/", 10))
		return SW_WAKER_KSOFTIRQD;
	if (!strncmp(r->comm, "napi/", 5))
		return SW_WAKER_NAPI;
	return SW_WAKER_TASK;
}

bool sw_wakeup__has_origin(const struct sw_rec_wakeup *r)
{
	/* A task outside sockwake's pid namespace has no number. */
	return r->origin_tid || r->origin_comm[0];
}

const char *sw_wakeup__role(const struct sw_rec_wakeup *r)
{
	if (r->hdr.flags & SW_F_CAUSE)
		return "cause";
	/* An idle CPU and the threads that process packets do nothing of their own. */
	return r->hdr.flags & SW_F_BYSTANDER || sw_wakeup__waker(r) != SW_WAKER_TASK ?
		       "bystander" :
		       "unknown";
}

static int64_t seen_by_program(int64_t result)
{
	/* -ERESTARTSYS to -ERESTART_RESTARTBLOCK, include/linux/errno.h */
	return result <= -512 && result >= -516 ? -EINTR : result;
}

int64_t sw_wait__result(const struct sw_rec_wait *r)
{
	int64_t result = seen_by_program(r->result);

	return result < 0 ? result : 0;
}

int64_t sw_io__result(const struct sw_rec_io *r)
{
	return seen_by_program(r->result);
}

uint64_t sw_trace_duration(uint64_t start_ns, const struct sw_trace_info *info,
			   const struct sw_trace_totals *totals)
{
	uint64_t begin = start_ns ? start_ns : totals->first_ts;
	uint64_t end = info->end_ns ? info->end_ns : totals->last_ts;

	return end > begin ? end - begin : 0;
}
