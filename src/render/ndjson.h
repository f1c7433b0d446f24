/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The parts of the NDJSON format: events (ndjson.c), the trace as a whole, how it ended. */
#ifndef SW_RENDER_NDJSON_H
#define SW_RENDER_NDJSON_H

#include "base/json.h"
#include "render.h"

/* ndjson_line.c: a line is an object, and begins with its type. */
struct sw_json ndjson__begin(struct sw_buf *out, const char *type);
void ndjson__end(struct sw_json *j);
void ndjson__task(struct sw_json *j, uint32_t pid, uint32_t tid, const char *comm);

/* ndjson_trace.c: the first line, and what ends with the last. */
void ndjson__begin_trace(struct sw_buf *out, const struct sw_render_opts *o,
			 const struct sw_trace_info *info);
void ndjson__summary(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_trace_info *info, const struct sw_outcome *outcome);

/* ndjson_outcome.c: latencies, the slowest examples and findings, a line each. */
void ndjson_outcome(struct sw_buf *out, const struct sw_outcome *outcome);

#endif
