/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What sockwake knows without a kernel, for programs that link libsockwake.a (`make lib`):
 * reading recordings, following sockets, measuring, judging, and rendering.
 *
 *	sw_inputs    one recording or several, as one run of records in order of time
 *	sw_analysis  takes the records, shows each event once, and says how it all ended
 *	sw_renderer  appends an event, or the end, to a buffer in one of the formats
 *
 * tests/library/findings.c is a whole program.  Compile with -Iinclude -Isrc; link with
 * -lsockwake -lzstd -lz -lprotobuf-c -pthread.
 *
 * Each header says who owns what and which errors there are: functions return 0 or -errno,
 * times are CLOCK_MONOTONIC in ns, and nothing prints.  Names may change from one version to
 * the next; what does not is the NDJSON that the renderer of that name writes (docs/ndjson.md).
 */
#ifndef SOCKWAKE_H
#define SOCKWAKE_H

#include "core/analysis.h"
#include "render/render.h"
#include "trace/inputs.h"

#endif
