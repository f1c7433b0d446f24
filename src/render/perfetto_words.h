/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Our own words in Perfetto's packets: each is written once, and is a number from then on. */
#ifndef SW_RENDER_PERFETTO_WORDS_H
#define SW_RENDER_PERFETTO_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* Each kind has numbers of its own. */
enum sw_pf_word { SW_PF_NAME, SW_PF_CATEGORY, SW_PF_NOTE, SW_PF_VALUE };

#define SW_PF_WORDS 1024

/* An empty one is all zeros.  Words are compared by address first and by content second, so
 * they must be constants. */
struct sw_pf_words {
	struct {
		const char *word;
		enum sw_pf_word kind;
		uint64_t number;
	} places[SW_PF_WORDS];
	unsigned int n;
	uint64_t numbers;
};

/* The word's number; 0: there is no room.  *fresh: nobody was told of it yet. */
uint64_t sw_pf_words__number(struct sw_pf_words *w, enum sw_pf_word kind, const char *word,
			     bool *fresh);

#endif
