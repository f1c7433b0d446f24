/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which network devices hand back what they are given, and which of them have a queue. */
#ifndef SW_DEVICES_BPF_H
#define SW_DEVICES_BPF_H

#include "read.bpf.h"

#include "settings.h"

#define IFF_UP 1
#define IFF_LOOPBACK 8 /* include/uapi/linux/if.h */

/* "veth", as a number. */
#define KIND_VETH 0x68746576
#define KIND_BYTES 0xffffffffffULL

/*
 * Does what is sent by this device come back, as the same sk_buff?  Of no others it is
 * certain that what they receive was sent here.
 */
static __always_inline bool comes_back(struct net_device *dev, const enum way way)
{
	__u64 kind;

	if (ARG(way, dev, flags) & IFF_LOOPBACK)
		return true;
	if (way == BY_CALL)
		kind = (__u64)BPF_CORE_READ(dev, rtnl_link_ops, kind);
	else
		kind = dev->rtnl_link_ops ? (__u64)dev->rtnl_link_ops->kind : 0;
	if (!kind)
		return false;
	return (WORD_AT(way, kind) & KIND_BYTES) == KIND_VETH;
}

/* Does a device hand on its packets in the context of whoever sends them?  One with a
 * queue does so in anybody's, or a timer's. */
static __always_inline bool is_direct(struct net_device *dev, const enum way way)
{
	if (way == BY_CALL)
		return !BPF_CORE_READ(dev, qdisc, enqueue);
	return !dev->qdisc->enqueue;
}

#endif
