// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What findings are called, mean, and advise. */
#include "findings.h"

static const struct {
	const char *name;
	enum sw_finding_unit unit;
} kinds[SW_FINDING_COUNT] = {
#define FINDING(id, name, unit) [SW_FINDING_##id] = { #name, SW_UNIT_##unit },
	SW_FINDINGS(FINDING)
#undef FINDING
};

static const struct {
	enum sw_finding_kind kind;
	const char *meaning, *advice;
} cases[SW_CASE_COUNT] = {
#define CASE(kind, id, meaning, advice) \
	[SW_CASE_##kind##_##id] = { SW_FINDING_##kind, meaning, advice },
	SW_CASES(CASE)
#undef CASE
};

const char *sw_finding_name(enum sw_finding_kind kind)
{
	return kinds[kind].name;
}

enum sw_finding_unit sw_finding_unit(enum sw_finding_kind kind)
{
	return kinds[kind].unit;
}

const char *sw_finding_unit_name(enum sw_finding_kind kind)
{
	static const char *const names[] = {
		[SW_UNIT_NS] = "ns",
		[SW_UNIT_TASKS] = "tasks",
		[SW_UNIT_PERCENT] = "percent",
		[SW_UNIT_CALLS] = "calls",
	};

	return names[kinds[kind].unit];
}

enum sw_finding_kind sw_case_kind(enum sw_finding_case what)
{
	return cases[what].kind;
}

const char *sw_case_meaning(enum sw_finding_case what)
{
	return cases[what].meaning;
}

const char *sw_case_advice(enum sw_finding_case what)
{
	return cases[what].advice;
}

const char *sw_severity_name(enum sw_severity severity)
{
	static const char *const names[] = {
		[SW_INFO] = "info", [SW_WARNING] = "warning", [SW_CRITICAL] = "critical",
	};

	return names[severity];
}
