/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What all lines but those of events are made of. */
#include "ndjson.h"

struct sw_json ndjson__begin(struct sw_buf *out, const char *type)
{
	struct sw_json j = { .out = out };

	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "type", type);
	return j;
}

void ndjson__end(struct sw_json *j)
{
	sw_json__close(j, '}');
	sw_buf__putc(j->out, '\n');
}

void ndjson__task(struct sw_json *j, uint32_t pid, uint32_t tid, const char *comm)
{
	sw_json__u64(j, "pid", pid);
	sw_json__u64(j, "tid", tid);
	sw_json__str(j, "comm", comm);
}
