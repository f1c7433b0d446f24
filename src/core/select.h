/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The filters, applied to a trace after the fact.  They mean what they mean to the
 * kernel half, with one difference: who made or opened a socket is not in a trace, so
 * a process's sockets are those that wake it, or that it waits for or takes from, from
 * the first such event on.
 */
#ifndef SW_CORE_SELECT_H
#define SW_CORE_SELECT_H

#include <linux/types.h>
#include "filter.h"
#include "trace.h"

#include <sys/types.h>

/* All is borrowed. */
struct sw_select {
	struct sw_filter filter; /* by_pid says that pids count, and by_*port that ports do */
	const pid_t *pids;
	unsigned int n_pids;
	const struct sw_port_filter *ports;
	unsigned int n_ports;
	uint32_t hooks;	    /* bit per enum sw_hook; 0: all */
	uint64_t from, to;  /* CLOCK_MONOTONIC, ns; 0: no limit */
	const char *socket; /* its number here, inode or an address as it is shown; NULL: any */
};

/* Nothing is left out by it. */
bool sw_select__all(const struct sw_select *s);

/* arg is a struct sw_select: for sw_trace__set_filter(). */
bool sw_select__wants(void *arg, struct sw_socket *sk, struct sw_told *told);

#endif
