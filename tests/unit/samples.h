/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One good record of each kind, for the decoder's test and the fuzzer's seeds. */
#ifndef SW_TESTS_SAMPLES_H
#define SW_TESTS_SAMPLES_H

#include <linux/types.h>
#include <string.h>

#include "records.h"

#define SAMPLE_TS 1000000000ULL

static inline struct sw_rec sample_hdr(__u8 kind, __u8 hook, __u16 size)
{
	return (struct sw_rec){
		.ts = SAMPLE_TS,
		.size = size,
		.kind = kind,
		.hook = hook,
		.cpu = 3,
	};
}

static inline struct sw_rec_socket sample_socket(void)
{
	return (struct sw_rec_socket){
		.hdr = sample_hdr(SW_REC_SOCKET, SW_HOOK_DEF_READABLE,
				  sizeof(struct sw_rec_socket)),
		.sock = 7,
		.inode = 40213,
		.netns = 4026531840U,
		.family = 2,
		.type = 1,
		.protocol = 6,
		.lport = 7777,
		.rport = 43210,
		.laddr = { 127, 0, 0, 1 },
		.raddr = { 127, 0, 0, 1 },
	};
}

static inline struct sw_rec_unix sample_unix(void)
{
	struct sw_rec_unix rec = {
		.hdr = sample_hdr(SW_REC_UNIX, SW_HOOK_UNIX_WRITE_SPACE,
				  sizeof(struct sw_rec_unix)),
		.sock = 8,
		.llen = 9,
		.rlen = SW_UNIX_PATH,
	};

	memcpy(rec.lpath, "/run/sock", 9);
	memset(rec.rpath, 'x', sizeof(rec.rpath));
	return rec;
}

static inline struct sw_rec_wakeup sample_wakeup(void)
{
	return (struct sw_rec_wakeup){
		.hdr = sample_hdr(SW_REC_WAKEUP, SW_HOOK_WAKE_ASYNC,
				  sizeof(struct sw_rec_wakeup)),
		.sock = 7,
		.pid = 990,
		.tid = 991,
		.comm = "redis-benchmark",
		.rx_queued = 36,
		.waiters = 2,
		.exclusive = 1,
		.state = 1,
		.context = SW_CTX_UNKNOWN,
		.how = SW_HOW_URG,
		.band = 1,
	};
}

static inline struct sw_rec_wait sample_wait(void)
{
	return (struct sw_rec_wait){
		.hdr = sample_hdr(SW_REC_WAIT, SW_HOOK_ACCEPT, sizeof(struct sw_rec_wait)),
		.sock = 9,
		.begin = SAMPLE_TS - 500,
		.end = SAMPLE_TS - 18,
		.result = -512,
		.pid = 812,
		.tid = 812,
		.comm = "nginx",
		.op = SW_OP_ACCEPT,
		.ended = SW_ENDED_WAKEUP,
		.wakeup_ts = SAMPLE_TS - 40,
	};
}

static inline struct sw_rec_woken sample_woken(void)
{
	return (struct sw_rec_woken){
		.hdr = sample_hdr(SW_REC_WOKEN, SW_HOOK_WOKEN, sizeof(struct sw_rec_woken)),
		.sock = 7,
		.wakeup_ts = SAMPLE_TS - 1,
		.woken_ts = SAMPLE_TS + 800,
		.pid = 812,
		.tid = 813,
		.comm = "redis-server",
		.via = SW_VIA_EPOLL,
	};
}

static inline struct sw_rec_run sample_run(void)
{
	return (struct sw_rec_run){
		.hdr = sample_hdr(SW_REC_RUN, SW_HOOK_RUN, sizeof(struct sw_rec_run)),
		.sock = 7,
		.wakeup_ts = SAMPLE_TS - 20000,
		.woken_ts = SAMPLE_TS - 18000,
		.pid = 812,
		.tid = 813,
		.comm = "redis-server",
	};
}

static inline struct sw_rec_io sample_io(void)
{
	return (struct sw_rec_io){
		.hdr = sample_hdr(SW_REC_IO, SW_HOOK_IO, sizeof(struct sw_rec_io)),
		.sock = 7,
		.begin = SAMPLE_TS - 700,
		.result = 36,
		.wakeup_ts = SAMPLE_TS - 25000,
		.run_ts = SAMPLE_TS - 7000,
		.off_ns = 300,
		.others = 2,
		.pid = 812,
		.tid = 813,
		.op = SW_OP_RECV,
		.comm = "redis-server",
	};
}

static inline struct sw_rec_destroy sample_destroy(void)
{
	return (struct sw_rec_destroy){
		.hdr = sample_hdr(SW_REC_DESTROY, SW_HOOK_PEER_WAKE_RELAY,
				  sizeof(struct sw_rec_destroy)),
		.sock = 7,
	};
}

#endif
