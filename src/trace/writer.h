/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Writes a trace file.  Records are gathered into blocks; what was flushed survives
 * whatever happens to the process.
 */
#ifndef SW_TRACE_WRITER_H
#define SW_TRACE_WRITER_H

#include "core/trace.h"

struct sw_writer; /* opaque */

/* Takes all of the bytes; returns 0 or -errno. */
typedef int (*sw_writer_out)(void *arg, const void *data, size_t len);

struct sw_writer_opts {
	uint64_t trace; /* the same in all files of one trace */
	bool tells;	/* who was woken, or what came of it, is traced */
	const char *options; /* borrowed while it is made: the command line */
};

/* Writes the beginning.  Returns 0, -ENOMEM or what `out` returned. */
int sw_writer__new(const struct sw_trace_info *info, const struct sw_writer_opts *opts,
		   sw_writer_out out, void *arg, struct sw_writer **w);
void sw_writer__free(struct sw_writer *w); /* NULL is legal; flushes nothing */

/* Each returns 0 or what `out` returned, and after that the same for ever; for what
 * cannot be a record, -EINVAL. */
int sw_writer__record(struct sw_writer *w, const void *rec, size_t len);
/* Names, the innermost first, that are too long are shortened. */
int sw_writer__stack(struct sw_writer *w, uint32_t pid, uint32_t number, const char *names,
		     size_t len);
/* Writes what was gathered, and the counts that info's hooks have by now. */
int sw_writer__flush(struct sw_writer *w, const struct sw_trace_info *info);
/* ... and the index and the end. */
int sw_writer__end(struct sw_writer *w, const struct sw_trace_info *info);

/* The file can take another record, ended at once, without being larger than max bytes.
 * What is gathered may be written for that. */
bool sw_writer__has_room(struct sw_writer *w, uint64_t max);

uint64_t sw_writer__bytes(const struct sw_writer *w);   /* written so far */
uint64_t sw_writer__records(const struct sw_writer *w); /* taken so far */
bool sw_writer__holds_back(const struct sw_writer *w);  /* something is not written yet */

#endif
