/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How kernel memory is read.  A handler is compiled for each of these ways, and
 * the user half loads the cheapest one that the kernel has.
 *
 *   BY_CALL  every field is a call of bpf_probe_read_kernel(): any kernel, any
 *            pointer, and some 40 ns each
 *   TYPED    fields of the hook's own argument are plain loads, as the verifier
 *            knows its type (fentry, tp_btf); all else as BY_CALL
 *   CAST     plain loads throughout: bpf_rdonly_cast() (6.2, commit
 *            a35b9af4ec2c "bpf: Add a kfunc for generic type cast") gives any
 *            address a type, and a load that faults reads as 0
 */
#ifndef SW_READ_BPF_H
#define SW_READ_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

enum way { BY_CALL, TYPED, CAST };

/*
 * The object is built twice, with and without SW_CASTS: libbpf does not open one
 * that names a kernel function, even weakly, where the kernel has no BTF.
 */
#ifdef SW_CASTS
extern void *bpf_rdonly_cast(void *obj, __u32 btf_id) __ksym __weak;

#define AS(type, pointer) \
	((type *)bpf_rdonly_cast((void *)(pointer), bpf_core_type_id_kernel(type)))
#define WITH_CASTS(...) __VA_ARGS__
#else
#define AS(type, pointer) ((type *)(pointer))
#define WITH_CASTS(...)
#endif

/* A field of the hook's own argument, which TYPED and CAST know the type of. */
#define ARG(way, p, field) ((way) == BY_CALL ? BPF_CORE_READ(p, field) : (p)->field)

/* Anything else: first TO() makes a pointer, then VIA() reads fields by it. */
#define TO(way, type, p) ((way) == CAST ? AS(type, p) : (type *)(p))
#define VIA(way, p, field) ((way) == CAST ? (p)->field : BPF_CORE_READ(p, field))

/*
 * A pointer that the verifier knows the type of is no number to it, but the difference of
 * two is.  `anchor` holds its own address, once "inspect" was asked to put it there.
 * Only of such pointers: others are numbers.
 */
__u64 anchor;

static __always_inline __u64 number_of_typed(const void *pointer)
{
	__u64 number = (__u64)pointer;

	/* The compiler may do nothing else to a pointer first. */
	asm volatile("%0 -= %1" : "+r"(number) : "r"(&anchor));
	return number + anchor;
}

/* A pointer in the kernel's memory as a number, which can be calculated with and
 * given to functions: to the verifier, a field that is a pointer stays one. */
#define WORD_AT(way, address)                                                    \
	((way) == CAST ? (__u64)AS(struct timespec64, address)->tv_sec :         \
			 (__u64)BPF_CORE_READ((struct timespec64 *)(address), tv_sec))

/* The verifier does not let us use a typed pointer as a number.  A round trip through memory
 * drops the type. */
static __always_inline __u64 number_of(const void *pointer)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/* The same through memory of ours that nothing else writes meanwhile. */
static __always_inline __u64 number_by(const void *pointer, void *ours)
{
	*(volatile __u64 *)ours = (__u64)pointer;
	return *(volatile __u64 *)ours;
}

/* Set in the result of a walk through one of the kernel's lists that ended before the list did. */
#define MORE (1u << 31)

/*
 * Walks are global functions that take and return numbers only: the verifier looks at each
 * once, by itself, and not once for each way that leads to it.  (Loops in the middle of a
 * program made it take five times as long.)
 */

#endif
