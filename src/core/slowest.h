/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The wake-ups that took longest. */
#ifndef SW_CORE_SLOWEST_H
#define SW_CORE_SLOWEST_H

#include "sockets.h"

/* One wake-up that took long from firing to taking (or to running, if taking was not seen). */
struct sw_slow {
	uint64_t total_ns;
	uint64_t wakeup_ts, woken_ts, run_ts, take_ts; /* 0: not seen */
	uint64_t socket;			       /* as users see it */
	char name[SW_SOCKET_NAME]; /* the socket's, as sw_socket__describe() has it: raw */
	uint32_t pid, tid;
	char comm[SW_COMM_LEN];
};
#define SW_SLOWEST 5 /* of all, and of each socket 1 */

struct sw_slowest {
	struct sw_slow list[SW_SLOWEST]; /* the first n, worst first */
	unsigned int n;
};

/* One of so long a time would be among them. */
bool sw_slowest__has_room(const struct sw_slowest *s, uint64_t total_ns);
void sw_slowest__add(struct sw_slowest *s, const struct sw_slow *slow);

#endif
