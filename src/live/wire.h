/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What sockwake and the processes that read strangers' files say to each other, through
 * pipes: a socket's wake-ups would be in the trace.  One question, one answer.  An answer
 * may come from a process that a file has taken over, so nothing in it is believed that was
 * not checked.
 */
#ifndef SW_LIVE_WIRE_H
#define SW_LIVE_WIRE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "bounds.h"

/* Which functions are at these places of a file that a process has mapped?  Or what has the
 * process mapped, of which only its number has to be said. */
enum sw_ask {
	SW_ASK_FUNCTIONS,
	SW_ASK_MAPPINGS,
};

struct sw_look {
	uint32_t what; /* enum sw_ask */
	uint32_t file; /* its number, of an earlier answer; 0: it has to be opened */
	uint32_t pid;
	uint32_t current; /* the process is still in the program that mapped it */
	uint32_t major, minor;
	uint32_t n;
	uint64_t start, end, inode; /* of the mapping */
	int64_t began;		    /* when tracing did, on the wall */
	uint64_t at[SW_STACK_DEPTH];
	char path[PATH_MAX]; /* as the process has it; may be empty */
};

/* Bytes of what is told of a process's mappings. */
#define SW_MAPPINGS_MAX (1u << 20)

enum sw_outcome {
	SW_LOOK_NAMES,
	SW_LOOK_NONE,  /* the file is not to be had, or not an ELF file */
	SW_LOOK_GONE,  /* its number says nothing any more: ask by the path */
	SW_LOOK_LARGE, /* it takes more memory than one file may */
	SW_LOOK_LATE,  /* ... more time */
	SW_LOOK_DIED,  /* the process that read it did not survive */
	SW_LOOK_OVER,  /* there is nobody to ask, or no time left */
};

struct sw_found {
	uint64_t address; /* what the file itself calls that place */
	uint64_t into;	  /* how far it is in its function */
	uint32_t len;	  /* of the function's name; 0: it is in none */
	uint32_t pad;
};

struct sw_answer {
	struct {
		uint32_t outcome; /* enum sw_outcome; of others than NAMES the rest is 0 */
		uint32_t file;	  /* its number from here on */
		uint32_t n;	  /* as many as were asked for */
		uint32_t len;	  /* bytes of names */
		uint64_t kept;	  /* bytes that the reading process keeps */
	} head;
	struct sw_found found[SW_STACK_DEPTH];
	char names[SW_STACK_DEPTH * SW_SYMBOL_MAX]; /* one behind the other */
};

/* How long to wait. */
struct sw_wait {
	uint64_t until; /* CLOCK_MONOTONIC, ns */
	int other;	/* end when nobody writes into this one any more; -1: none */
	/* NULL, or called now and then; true: wait no longer. */
	bool (*meanwhile)(void *arg);
	void *arg;
};

/* Exactly len bytes.  Returns 0, -EPIPE or -errno, and of a descriptor that does not block
 * (only there w matters) -ETIMEDOUT or -ECANCELED: meanwhile or other wanted it. */
int sw_wire__read(int fd, void *to, size_t len, const struct sw_wait *w);
/* To one that blocks, or has room.  Returns 0 or -errno. */
int sw_wire__write(int fd, const void *data, size_t len);

/* An answer to l, which is as the comments above say, or else -EBADMSG, or as above. */
int sw_wire__read_answer(int fd, struct sw_answer *a, const struct sw_look *l,
			 const struct sw_wait *w);
int sw_wire__write_answer(int fd, const struct sw_answer *a);

/* Mappings, as lines of text (proc_maps.h); none, where there is nothing to be told. */
int sw_wire__read_mappings(int fd, struct sw_buf *text, const struct sw_wait *w);
int sw_wire__write_mappings(int fd, const struct sw_buf *text);

#endif
