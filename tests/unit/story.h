/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What happened, a record a line, told to a trace. */
#ifndef SW_TESTS_STORY_H
#define SW_TESTS_STORY_H

#include "core/trace.h"
#include "samples.h"
#include "test.h"

/*
 * TELL(trace, RUN, run, ts, .sock = 7, .woken_ts = …): the rest is zeros, so that a
 * wake-up is sock_def_readable's.
 */
#define TELL(t, id, name, at, ...)                                        \
	do {                                                              \
		struct sw_rec_##name rec_ = { .hdr.kind = SW_REC_##id,    \
					      .hdr.size = sizeof(rec_),   \
					      .hdr.ts = (at),             \
					      __VA_ARGS__ };              \
		assert_int_equal(sw_trace__feed(t, &rec_, sizeof(rec_)), 0); \
	} while (0)

#define STATE_ESTABLISHED 1
#define STATE_LISTEN 10

/* A TCP socket by this key: its port tells it from others. */
static inline void tell_name(struct sw_trace *t, uint64_t key)
{
	struct sw_rec_socket rec = sample_socket();

	rec.sock = key;
	rec.hdr.ts = 0;
	rec.lport = (uint16_t)key;
	assert_int_equal(sw_trace__feed(t, &rec, sizeof(rec)), 0);
}

#endif
