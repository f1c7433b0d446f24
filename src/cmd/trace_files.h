/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The file that `record` writes, or with --rotate one after the other. */
#ifndef SW_CMD_TRACE_FILES_H
#define SW_CMD_TRACE_FILES_H

#include "base/buf.h"
#include "cmd/newfile.h"
#include "trace/names.h"

struct sw_trace_files {
	const char *output; /* "-": standard output */
	bool force;	    /* one that exists is overwritten */
	uint64_t max_size;  /* bytes of a file; 0: no limit */
	uint64_t rotate;    /* files that are kept; 0: one, and it is enough when that is full */

	/* Its own. */
	const struct sw_trace_info *info; /* NULL: not begun */
	const char *command;
	bool tells;
	uint64_t trace;
	struct sw_newfile file; /* the one that is written; none for standard output */
	struct sw_buf name;	/* of it, for messages, NUL included */
	struct sw_buf base;	/* of the first, in its folder, NUL included */
	struct sw_kept_file *kept; /* by number, modulo `rotate`; NULL: there is one file */
	struct sw_writer *writer;
	struct sw_names *names;	 /* NULL: there is one file */
	unsigned int files;	 /* begun so far */
	uint64_t before;	 /* bytes of those that are complete */
	uint64_t records_before; /* records of those */
	uint64_t flushed;	 /* when last; ns */
	int error;		 /* the user was told of it; nothing is written after that */
	/* No limit but its own is left to it: what comes later is not in the trace. */
	bool full;
	uint64_t last_ts;	  /* of what is in it */
	uint64_t later[SW_HOOK_COUNT]; /* records that came when it was full */
};

/* Nothing is changed by it yet.  Each returns 0 or -errno; the user has been told then, but
 * by record and stack, whose errors end() tells of. */
int sw_trace_files__open(struct sw_trace_files *f);
/* It is there from then on; what it held, until it begins. */
int sw_trace_files__make(struct sw_trace_files *f);
/* info and command (the command line) are borrowed. */
int sw_trace_files__begin(struct sw_trace_files *f, const struct sw_trace_info *info, bool tells,
			  const char *command);
int sw_trace_files__record(struct sw_trace_files *f, const void *rec, size_t len);
int sw_trace_files__stack(struct sw_trace_files *f, uint32_t pid, uint32_t number,
			  const char *names, size_t len);
/* What is there long enough is written; -ECANCELED: it is as large as it may be. */
int sw_trace_files__settle(struct sw_trace_files *f, uint64_t now);
int sw_trace_files__end(struct sw_trace_files *f);
void sw_trace_files__free(struct sw_trace_files *f); /* what is in it */

/* So far, in all of them. */
uint64_t sw_trace_files__records(const struct sw_trace_files *f);
uint64_t sw_trace_files__bytes(const struct sw_trace_files *f);

/* --- trace_file.c: the one that is written, for what goes from one to the next ---------- */

int sw_trace_files__begin_one(struct sw_trace_files *f);
int sw_trace_files__end_one(struct sw_trace_files *f);
/* The counts, without what came after all that is in the file: the trace ends with that. */
struct sw_trace_info sw_trace_files__info(const struct sw_trace_files *f);
/* For sw_newfile. */
unsigned int sw_trace_files__how(const struct sw_trace_files *f);
/* Returns err. */
int sw_trace_files__complain(const char *what, const char *name, int err);

#endif
