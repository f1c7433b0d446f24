/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/caps.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "base/log.h"

static bool have(cap_t caps, cap_value_t which)
{
	cap_flag_value_t v = CAP_CLEAR;

	return caps && !cap_get_flag(caps, which, CAP_EFFECTIVE, &v) && v == CAP_SET;
}

int sw_caps__check(void)
{
	cap_t caps = cap_get_proc();
	bool admin = have(caps, CAP_SYS_ADMIN);
	bool bpf = admin || have(caps, CAP_BPF);
	bool perfmon = admin || have(caps, CAP_PERFMON);

	cap_free(caps);
	if (bpf && perfmon)
		return 0;
	sw_error("tracing the kernel needs %s%s%s, which this process does not have: "
		 "run it as root",
		 bpf ? "" : "CAP_BPF", !bpf && !perfmon ? " and " : "",
		 perfmon ? "" : "CAP_PERFMON");
	return -EPERM;
}

static int keep(cap_t want, cap_value_t which)
{
	return cap_set_flag(want, CAP_PERMITTED, 1, &which, CAP_SET) ||
			       cap_set_flag(want, CAP_EFFECTIVE, 1, &which, CAP_SET) ?
		       -errno :
		       0;
}

int sw_caps__drop(void)
{
	cap_t had = cap_get_proc(), want = cap_init();
	int err = 0;

	if (!had || !want) {
		err = -ENOMEM;
		goto out;
	}
	/* With CAP_SYS_ADMIN alone there is no CAP_BPF to keep; then the counts
	 * that only the kernel has are not asked for at the end. */
	if (have(had, CAP_BPF))
		err = keep(want, CAP_BPF);
	if (!err && (cap_set_proc(want) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
		err = -errno;
out:
	cap_free(had);
	cap_free(want);
	return err;
}
