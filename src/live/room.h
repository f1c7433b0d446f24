/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Room in the kernel half's tables: before one is full, its entries that nothing has
 * happened to for longest go, so that it is the newest that are known.
 */
#ifndef SW_LIVE_ROOM_H
#define SW_LIVE_ROOM_H

struct sw_live;

/* To be called every few milliseconds.  Costs a few loads, unless a table is nearly full. */
void sw_live__make_room(struct sw_live *l);

#endif
