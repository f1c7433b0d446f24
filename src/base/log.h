/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Messages for the user, on stderr, one line each. */
#ifndef SW_BASE_LOG_H
#define SW_BASE_LOG_H

/* "sockwake: what is wrong: what to do".  Text in the arguments that others
 * wrote must have been escaped (escape.h) before. */
void sw_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A remark; not an error. */
void sw_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
