/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Writes JSON into a buffer, in order, without building a tree.  Keys are
 * literals of the program and are written as they are; values are escaped.
 */
#ifndef SW_BASE_JSON_H
#define SW_BASE_JSON_H

#include "buf.h"

struct sw_json {
	struct sw_buf *out; /* not owned */
	bool comma;	    /* the next member or element needs one before it */
};

/* {, }, [ and ]; `key` is NULL for an element of an array or the top. */
void sw_json__open(struct sw_json *j, const char *key, char bracket);
void sw_json__close(struct sw_json *j, char bracket);

void sw_json__u64(struct sw_json *j, const char *key, uint64_t v);
void sw_json__s64(struct sw_json *j, const char *key, int64_t v);
void sw_json__bool(struct sw_json *j, const char *key, bool v);
/* NUL-terminated; NULL writes null. */
void sw_json__str(struct sw_json *j, const char *key, const char *v);
/* n bytes of any kind. */
void sw_json__bytes(struct sw_json *j, const char *key, const void *v, size_t n);
/* Members that were written before, e.g. a socket's names: "a":1,"b":2 */
void sw_json__raw(struct sw_json *j, const char *members, size_t n);

#endif
