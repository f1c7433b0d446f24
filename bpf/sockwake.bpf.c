// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel half: one object, so one skeleton and one set of maps.  Each
 * header is a layer that builds on the one before it:
 *
 *   read       the ways to read kernel memory
 *   shared     settings, ledger, rings
 *   task       who is on the CPU, in what context
 *   queue      what is queued on a socket, who waits on it
 *   socket     ids, names, filters
 *   callbacks  the wake-up callbacks, and the socket's end
 *   waits      waits in accept(2), the scheduler, system calls, forks
 *   inspect    what the user half asks the kernel
 */
#include "inspect.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
