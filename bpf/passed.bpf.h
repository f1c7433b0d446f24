/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * --pid and --comm: sockets that another process passes to a wanted one.
 *
 * SCM_RIGHTS and pidfd_getfd(2) give a file to the current task, and the kernel asks its
 * security modules first (fs/file.c, receive_fd(); before 5.9 net/core/scm.c).
 */
#ifndef SW_PASSED_BPF_H
#define SW_PASSED_BPF_H

#include "calls.bpf.h"

static __always_inline int file_passed(struct file *file)
{
	if (current_wanted())
		own(sock_of_file(file));
	return 0;
}

SEC("kprobe/security_file_receive")
int BPF_KPROBE(kprobe_security_file_receive, struct file *file)
{
	return file_passed(file);
}

SEC("fentry/security_file_receive")
int BPF_PROG(fentry_security_file_receive, struct file *file)
{
	return file_passed(file);
}

#endif
