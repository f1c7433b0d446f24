/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Questions that the user half asks of the kernel, by running this program
 * itself: things that the kernel knows and no system call tells.
 */
#ifndef SW_INSPECT_BPF_H
#define SW_INSPECT_BPF_H

#include "devices.bpf.h"
#include "task.bpf.h"

struct sw_inspection inspection;

static __always_inline void inspect_percpu(void)
{
	__u32 i;

	for (i = 0; i < SW_MAX_CPUS; i++) {
		if (i >= settings.n_cpus)
			break;
		bpf_probe_read_kernel(&percpu_base[i], sizeof(percpu_base[i]),
				      (void *)(settings.per_cpu_offset + i * sizeof(__u64)));
	}
}

/* The file behind fd may be the perf event itself, or (since 5.15) a link. */
static __always_inline struct perf_event *perf_event_of_fd(int fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	files = BPF_CORE_READ(fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file ? BPF_CORE_READ(file, private_data) : NULL;
}

/*
 * perf_event → its trace event → the trace_kprobe that it is a part of, which
 * counts its hits (before any program runs) and its misses.
 */
static __always_inline void inspect_kprobe(int fd)
{
	struct perf_event *event = perf_event_of_fd(fd);
	struct trace_event_call *call;
	struct trace_probe_event *tpe;
	struct list_head *first;
	struct trace_kprobe *tk;
	__u64 hits = 0, nhit;
	__u32 i;

	if (!event || !bpf_core_type_exists(struct trace_kprobe)) {
		inspection.error = -2; /* -ENOENT */
		return;
	}
	call = BPF_CORE_READ(event, tp_event);
	tpe = (void *)call - bpf_core_field_offset(struct trace_probe_event, call);
	first = BPF_CORE_READ(tpe, probes.next);
	tk = (void *)first - bpf_core_field_offset(struct trace_probe, list) -
	     bpf_core_field_offset(struct trace_kprobe, tp);
	inspection.missed = BPF_CORE_READ(tk, rp.kp.nmissed);
	nhit = (__u64)BPF_CORE_READ(tk, nhit);
	for (i = 0; i < SW_MAX_CPUS; i++) {
		__u64 one = 0;

		if (i >= settings.n_cpus || !settings.per_cpu_offset)
			break;
		bpf_probe_read_kernel(&one, sizeof(one), (void *)(percpu_base[i] + nhit));
		hits += one;
	}
	inspection.value = hits;
}

struct sw_walk walk;

static __always_inline __u64 devices_of(__u64 net)
{
	return net + bpf_core_field_offset(struct net, dev_base_head);
}

static __always_inline __u64 first_device(__u64 net)
{
	return (__u64)BPF_CORE_READ((struct list_head *)devices_of(net), next);
}

/* The next one, past the head of the list, which is in none. */
static __always_inline __u64 net_after(__u64 net, __u64 ops)
{
	int i;

	for (i = 0; i < 2; i++) {
		net = (__u64)BPF_CORE_READ((struct net *)net, list.next) -
		      bpf_core_field_offset(struct net, list);
		if ((__u64)BPF_CORE_READ((struct net *)net, ns.ops) == ops)
			break;
	}
	return net;
}

/* A part of the walk.  Value: SW_QUEUES_… */
static __always_inline void inspect_queues(void)
{
	__u64 net, at, ops;
	int i;

	inspection.value = SW_QUEUES_THERE;
	if (!bpf_core_field_exists(struct ns_common, ops) ||
	    !bpf_core_field_exists(struct net, dev_base_head))
		return;
	if (!walk.first) {
		struct task_struct *task = (void *)bpf_get_current_task();

		walk.net = walk.first = (__u64)BPF_CORE_READ(task, nsproxy, net_ns);
		walk.at = first_device(walk.net);
	}
	net = walk.net;
	at = walk.at;
	ops = (__u64)BPF_CORE_READ((struct net *)net, ns.ops);
	for (i = 0; i < SW_DEVICES_A_WALK; i++) {
		struct net_device *dev =
			(void *)at - bpf_core_field_offset(struct net_device, dev_list);

		if (!at || at == devices_of(net)) {
			net = net_after(net, ops);
			at = first_device(net);
			if (net == walk.first) {
				inspection.value = SW_QUEUES_NONE;
				return;
			}
			continue;
		}
		/* One that is down has a queue that takes nothing. */
		if (BPF_CORE_READ(dev, flags) & IFF_UP && !is_direct(dev, BY_CALL) &&
		    comes_back(dev, BY_CALL))
			return;
		at = (__u64)BPF_CORE_READ(dev, dev_list.next);
	}
	walk.net = net;
	walk.at = at;
	inspection.value = SW_QUEUES_NOT_YET;
}

/* (enum sw_inspect what, u64 arg) */
SEC("raw_tp/inspect") int inspect(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 what = ctx->args[0], arg = ctx->args[1];

	inspection.error = 0;
	inspection.value = 0;
	inspection.missed = 0;
	if (what == SW_INSPECT_ANCHOR)
		anchor = (__u64)&anchor;
	else if (what == SW_INSPECT_QUEUES)
		inspect_queues();
	else if (what == SW_INSPECT_PERCPU)
		inspect_percpu();
	else
		inspect_kprobe(arg);
	return 0;
}

#endif
