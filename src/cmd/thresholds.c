/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/thresholds.h"

#include <errno.h>

#include "base/parse.h"

int sw_options__duration(uint64_t *threshold, const char *value)
{
	if (sw_parse_duration(value, threshold) || !*threshold)
		return sw_options__bad("not a duration:", value, "say 500us, 10ms or 2 (seconds)");
	return 0;
}

int sw_thresholds__slow_run(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_thresholds *)arg)->slow_run_ns, value);
}

int sw_thresholds__slow_read(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_thresholds *)arg)->slow_read_ns, value);
}

int sw_thresholds__stuck(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_thresholds *)arg)->stuck_ns, value);
}

int sw_thresholds__write_stall(void *arg, const char *value)
{
	return sw_options__duration(&((struct sw_thresholds *)arg)->write_stall_ns, value);
}

int sw_thresholds__backlog(void *arg, const char *value)
{
	struct sw_thresholds *t = arg;
	uint64_t percent;

	if (sw_parse_u64(value, 1, 100, &percent))
		return sw_options__bad("not a percentage:", value, "say a number from 1 to 100");
	t->backlog_percent = (unsigned int)percent;
	return 0;
}
