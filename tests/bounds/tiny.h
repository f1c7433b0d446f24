/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bounds that a few programs reach: see run.sh. */
#define SW_MAX_SOCKETS 128
#define SW_MAX_TASKS 64
#define SW_MAX_FOLLOWED 8
#define SW_MAX_STACKS 4
#define SW_HELD_WAITS 1

#define SW_TASK_FRAMES 1
#define SW_EARLY 1
#define SW_FLIGHTS 1
#define SW_BACKLOGS 1
#define SW_WRITERS 1
#define SW_PEERS 1
#define SW_NOTES 4
#define SW_SOCKET_MARKS 16
#define SW_ROOM_MARKS 16
#define SW_OWNED_MARKS 16
#define SW_TASK_MARKS 16
#define SW_WAIT_MARKS 16

#define SW_SOCKETS_MAX 32
#define SW_SOCKETS_ENDLESS 32
#define SW_WATCHED_MAX 16
#define SW_FINDINGS_MAX 2
#define SW_RUNS_MAX 2
#define SW_RAN_SLOTS 4
#define SW_ACCEPT_TASKS 4
#define SW_ACCEPT_SHARES 8
#define SW_ARRIVALS 2
#define SW_TRIES_MAX 1
#define SW_LATENCY_MAX 16
#define SW_MOMENTS_SOCKETS 8
#define SW_STACKS_MAX 4
#define SW_STACKS_REMEMBERED 4
#define SW_NAMES_SOCKETS 16
#define SW_PROCESSES_MAX 4
#define SW_HTML_EVENTS 100
#define SW_HTML_SOCKETS 8
