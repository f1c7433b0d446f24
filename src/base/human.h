/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Quantities as people read them. Each appends to the buffer. */
#ifndef SW_BASE_HUMAN_H
#define SW_BASE_HUMAN_H

#include "buf.h"

/*
 * "0 ns", "412 us", "1.25 ms", "13.5 s", "2 m 05 s", "1 h 00 m", "3 d 04 h":
 * rounded to three digits that count; zeros at a fraction's end are left out.
 */
void sw_human_duration(struct sw_buf *b, uint64_t ns);
/* "36 B", "1.5 KB", "16 MB", "1023 MB": powers of 1024, else the same. */
void sw_human_bytes(struct sw_buf *b, uint64_t bytes);
/* "1,234,567" */
void sw_human_count(struct sw_buf *b, uint64_t n);

#endif
