/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The filters, applied to a trace after the fact.  They mean what they mean to the
 * kernel half, with one difference: who made or opened a socket is not in a trace, so
 * a process's sockets are those that wake it, or that it waits for or takes from, from
 * the first such event on.
 */
#ifndef SW_CORE_SELECT_H
#define SW_CORE_SELECT_H

#include "filter_set.h"
#include "trace.h"

/* All is borrowed. */
struct sw_select {
	const struct sw_filter_set *set; /* `asked` 0: all hooks */
	uint64_t from, to;  /* CLOCK_MONOTONIC, ns; 0: no limit */
	const char *socket; /* its number here, inode or an address as it is shown; NULL: any */
};

/* What the filters by socket say of this one. */
bool sw_filter_set__wants(const struct sw_filter_set *set, const struct sw_socket *sk);

/* Nothing is left out by it. */
bool sw_select__all(const struct sw_select *s);

/* arg is a struct sw_select: for sw_trace__set_filter(). */
bool sw_select__wants(void *arg, struct sw_socket *sk, struct sw_told *told);

#endif
