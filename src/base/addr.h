/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Internet addresses as text. */
#ifndef SW_BASE_ADDR_H
#define SW_BASE_ADDR_H

#include "buf.h"

/*
 * Appends "127.0.0.1:80", "[2001:db8::1]:80" or, for a v4-mapped address,
 * "[::ffff:127.0.0.1]:80".  family is AF_INET (the first 4 bytes of addr) or
 * AF_INET6 (all 16).  An unspecified address is written as such: "0.0.0.0:80".
 * The address of any other family is "?".
 */
void sw_addr__format(struct sw_buf *b, unsigned int family, const uint8_t addr[16],
		     unsigned int port);

#endif
