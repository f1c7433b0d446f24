/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * uthash as all of src/core uses it: keys are 64-bit numbers, and memory may run
 * out.  What could not be added then has no table: hh.tbl is NULL.
 */
#ifndef SW_CORE_TABLE_H
#define SW_CORE_TABLE_H

#include <stdint.h>

/* uthash ends the process when memory runs out unless it is told not to. */
#define HASH_NONFATAL_OOM 1

/*
 * Keys are mostly the kernel half's: a time and a CPU, hence unique, but with
 * their entropy anywhere.  One multiplication (Fibonacci hashing) spreads them as
 * well as uthash's own byte-wise hash does, in a tenth of the time.
 */
#define HASH_FUNCTION(keyptr, keylen, hashv) ((hashv) = sw_table__hash(keyptr))
#define HASH_KEYCMP(a, b, n) (*(const uint64_t *)(a) != *(const uint64_t *)(b))

static inline unsigned int sw_table__hash(const void *key)
{
	/* The high half: uthash masks the low bits off the result. */
	return (unsigned int)(*(const uint64_t *)key * 0x9e3779b97f4a7c15ULL >> 32);
}

#include <uthash.h>

/*
 * uthash lets ten entries share a bucket, and each step along is a cache miss:
 * with 10,000 sockets half the time of an event went there.
 */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH (sw_table__may_grow(_ha_head->hh_head->tbl) ? 3U : 1U << 20)

/*
 * uthash adds buckets whenever three happen to share one, and never takes any away.  Where
 * entries come and go, that happens again and again, however many buckets there are: it
 * went on to 200 for each entry, hundreds of megabytes.
 */
static inline int sw_table__may_grow(const struct UT_hash_table *t)
{
	return t->num_buckets < 4 * t->num_items;
}

#endif
