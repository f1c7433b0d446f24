/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Names that strangers wrote (task names, socket paths), made fit for a
 * terminal and for JSON.  Input is bytes of any kind; NUL has no meaning.
 */
#ifndef SW_BASE_ESCAPE_H
#define SW_BASE_ESCAPE_H

#include "buf.h"

/*
 * For people: printable UTF-8 as it is; control characters (C0, DEL, C1, and
 * the bidirectional and zero-width format characters that can reorder or hide
 * text), the backslash and bytes that are not UTF-8 become \n, \t, \\, \xNN
 * (a byte) or \u{NNNN} (a character).  One line stays one line.
 */
void sw_escape_text(struct sw_buf *b, const void *s, size_t n);

/*
 * The inside of a JSON string (no quotes around it): valid UTF-8 as it is,
 * '"', '\\' and C0 escaped, each byte that is not UTF-8 as U+FFFD.  JSON ends
 * up on terminals too, so what sw_escape_text() hides is escaped here as well:
 * \u202e is the same string to a reader of JSON.
 */
void sw_escape_json(struct sw_buf *b, const void *s, size_t n);

#endif
