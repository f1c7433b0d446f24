// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The kernel half: one object, so one skeleton and one set of maps.  Each
 * header is a layer that builds on the one before it:
 *
 *   read       the ways to read kernel memory
 *   shared     settings, ledger, rings
 *   task       who is on the CPU, in what context
 *   protocols  families, types, protocols and states, by number
 *   queue      what is queued on a socket
 *   waiters    who waits on a socket
 *   wanted_waits  whether a task that the filter wants does
 *   owners     whose a socket is, for --pid and --comm
 *   family     processes that are traced come and go
 *   wanted     whether the filters want a socket
 *   names      who a socket is
 *   socket     ids, and what is known of a socket
 *   calls      system calls that concern sockets, and the one that a task is in
 *   callers    what only the stack can tell
 *   frames     which callback is running here
 *   origins    whose doing it is what happens here and now
 *   packets    from their senders to their receivers, for origins
 *   sleepers   who sleeps on a wait queue, by what way
 *   tasks      what is known of a task that waited for sockets
 *   errors     whom an error wakes, where that is seen late
 *   awake      who waits on a queue and need not be woken
 *   answers    wake-ups that wait for an answer
 *   connections  what a listener tells of
 *   callbacks  the wake-up callbacks
 *   signals    the callbacks that send signals
 *   destructors  the socket's end
 *   sched      who is woken, runs, and goes to sleep
 *   takes      which wake-up a call on a socket answers
 *   polls      tasks that spin
 *   io         what came of a wake-up
 *   waits      waits in accept(2)
 *   ends       the ends of system calls
 *   passed     sockets that another process gives
 *   switch     the scheduler's switches, for sched and waits
 *   inspect    what the user half asks the kernel
 */
#include "inspect.bpf.h"
#include "passed.bpf.h"
#include "signals.bpf.h"
#include "switch.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
