/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Numbers as users write them.  Every function reads the whole string: empty
 * input, signs, spaces and trailing junk are -EINVAL, too large is -ERANGE;
 * on an error *out is left alone.
 */
#ifndef SW_BASE_PARSE_H
#define SW_BASE_PARSE_H

#include <stdint.h>

/* Decimal, from min to max (else -ERANGE). */
int sw_parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* "10" (seconds), "1.5s", "500ms", "20us", "7ns", "2m", "1h" → ns.  What is not
 * a whole number of them ("0.5ns") is -EINVAL, rather than rounded to none. */
int sw_parse_duration(const char *s, uint64_t *ns);

/* "4096", "4K", "16M", "1G" (powers of 1024, either case, an optional "B" or
 * "iB" behind the letter) → bytes. */
int sw_parse_size(const char *s, uint64_t *bytes);

#endif
