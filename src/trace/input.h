/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the files that make up struct sw_inputs share: inputs.c, inputs_next.c and moved.c. */
#ifndef SW_TRACE_INPUT_H
#define SW_TRACE_INPUT_H

#include "trace/inputs.h"

struct input {
	int fd;
	const char *name;
	struct sw_reader *r;
	unsigned int group; /* the first file of its trace */
	int64_t shift;	    /* what is added to its times; ns */
	sw_reader_stack on_stack;
	void *stack_arg;
	const void *rec; /* the next; NULL: none */
	size_t len;
	uint64_t ts;  /* its time */
	bool parked;  /* its bytes are not there */
	uint64_t since; /* then so many records had passed */
	size_t bytes; /* that it was seen to hold */
	union {
		char bytes[sizeof(union sw_event)];
		uint64_t align;
	} moved;
};

struct sw_inputs {
	struct input *inputs;
	unsigned int n;
	bool settled; /* the files are all there, and in order */
	bool begun;
	struct input *last; /* whose record was handed out */
	struct input **heap; /* those that have a next, the earliest first */
	unsigned int n_heap;
	size_t bytes, limit; /* of all */
	uint64_t passed; /* records */
	struct sw_trace_info info;
};

/*
 * In whatever order the files were given, the one whose trace began first comes first,
 * and its clock is that of all: on it, nothing is before the machine was booted.
 */
void sw_inputs__settle(struct sw_inputs *in);

/* The number of one of its stacks, among those of all traces. */
uint32_t sw_input__stack(const struct input *i, uint32_t number);

/* Its next record: on the first file's clock, and with keys that are no other trace's. */
void sw_input__move(struct input *i);

#endif
