/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534
#define MEMORY_MAX (512u << 20) /* of one file's tables, while they are read */
#define CPU_MAX	   10		/* seconds, of all that is asked of one file */
#define FILES_MAX  16		/* numbers of descriptors */

static void close_from(int first, int last)
{
	if (first <= last)
		syscall(SYS_close_range, first, last, 0);
}

int sw_confine__files(int a, int b)
{
	int low = a < b ? a : b, high = a < b ? b : a;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fd != low && fd != high && dup2(null, fd) < 0)
			return -errno;
	close_from(STDERR_FILENO + 1, low - 1);
	close_from((low > STDERR_FILENO ? low : STDERR_FILENO) + 1, high - 1);
	close_from((high > STDERR_FILENO ? high : STDERR_FILENO) + 1, INT32_MAX);
	return 0;
}

/* What belongs to root is not this one's to write, and what belongs to others not either.
 * Who is not root,
 * or is so in a namespace without that user, stays who it is. */
static int become_nobody(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -errno;
	if ((setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	     setresuid(NOBODY, NOBODY, NOBODY)) &&
	    errno != EPERM && errno != EINVAL)
		return -errno;
	return 0;
}

/* To see where a process has its files mapped, to open them by that, and whoever may else
 * look into the folders that they are in. */
static const cap_value_t opening[] = {CAP_SYS_PTRACE, CAP_CHECKPOINT_RESTORE, CAP_DAC_READ_SEARCH};

static int set_caps(const cap_value_t *keep, unsigned int n)
{
	cap_t had = cap_get_proc(), want = cap_init();
	int err = had && want ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < n; i++) {
		cap_flag_value_t v = CAP_CLEAR;

		if (cap_get_flag(had, keep[i], CAP_PERMITTED, &v) || v != CAP_SET)
			continue;
		if (cap_set_flag(want, CAP_PERMITTED, 1, &keep[i], CAP_SET) ||
		    cap_set_flag(want, CAP_EFFECTIVE, 1, &keep[i], CAP_SET))
			err = -errno;
	}
	if (!err && cap_set_proc(want))
		err = -errno;
	cap_free(had);
	cap_free(want);
	return err;
}

static int limit(int what, rlim_t most)
{
	const struct rlimit l = {most, most};
	struct rlimit is;

	/* It may be lower already, and only go down. */
	if (!getrlimit((__rlimit_resource_t)what, &is) && is.rlim_max < most)
		return 0;
	return setrlimit((__rlimit_resource_t)what, &l) ? -errno : 0;
}

int sw_confine__to_opening(void)
{
	int err = become_nobody();

	if (!err)
		err = set_caps(opening, sizeof(opening) / sizeof(*opening));
	/* Other processes of that user must not look into it, nor may it leave a core. */
	if (!err && (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
		err = -errno;
	if (!err)
		err = limit(RLIMIT_CORE, 0);
	return err ? err : limit(RLIMIT_FSIZE, 0);
}

int sw_confine__limits(void)
{
	int err = limit(RLIMIT_CPU, CPU_MAX);

	if (!err)
		err = limit(RLIMIT_NOFILE, FILES_MAX);
#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of addresses for itself */
	if (!err)
		err = limit(RLIMIT_AS, MEMORY_MAX);
#endif
	return err;
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
/* Skips the next one unless it is that. */
#define IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define ALLOW(name) IF(SYS_##name), RETURN(SECCOMP_RET_ALLOW)
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)

/* What is missing here fails, as a C library may try what it can do without. */
static struct sock_filter calls[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	REFUSE,
	LOAD(nr),
	ALLOW(read),
	ALLOW(write),
	ALLOW(pread64),
	ALLOW(lseek),
	ALLOW(fstat),
	ALLOW(newfstatat),
	ALLOW(fcntl),
	ALLOW(close),
	ALLOW(brk),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(futex),
	ALLOW(getrandom),
	ALLOW(rt_sigreturn),
	ALLOW(exit),
	ALLOW(exit_group),
	/* Memory, but none that can be run. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
	REFUSE,
	LOAD(args[2]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
	REFUSE,
	RETURN(SECCOMP_RET_ALLOW),
};

static int allow_calls(void)
{
	const struct sock_fprog prog = {sizeof(calls) / sizeof(*calls), calls};

	/* A kernel without it has the other means. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) && errno != EINVAL)
		return -errno;
	return 0;
}
#else
static int allow_calls(void)
{
	return 0;
}
#endif

int sw_confine__to_reading(void)
{
	int err = set_caps(NULL, 0);

	return err ? err : allow_calls();
}
