/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

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

static bool may_write(int folder)
{
	return !faccessat(folder, ".", W_OK | X_OK, AT_EACCESS);
}

bool sw_caps__needs_override(int folder)
{
	const cap_value_t override = CAP_DAC_OVERRIDE;
	cap_t all = cap_get_proc(), less = all ? cap_dup(all) : NULL;
	bool needs = false;

	/* Without it for a moment: nobody but the kernel knows all that counts. */
	if (less && have(all, override) && may_write(folder) &&
	    !cap_set_flag(less, CAP_EFFECTIVE, 1, &override, CAP_CLEAR) && !cap_set_proc(less)) {
		needs = !may_write(folder);
		cap_set_proc(all);
	}
	cap_free(all);
	cap_free(less);
	return needs;
}

int sw_caps__drop(bool but_override)
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
	if (!err && but_override && have(had, CAP_DAC_OVERRIDE))
		err = keep(want, CAP_DAC_OVERRIDE);
	if (!err && (cap_set_proc(want) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
		err = -errno;
out:
	cap_free(had);
	cap_free(want);
	return err;
}
