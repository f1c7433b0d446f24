/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <string.h>

#include "render/perfetto_words.h"

/* The number of the same word where it is another constant; 0: none. */
static uint64_t same_word(const struct sw_pf_words *w, enum sw_pf_word kind, const char *word)
{
	for (unsigned int i = 0; i < SW_PF_WORDS; i++)
		if (w->places[i].word && w->places[i].kind == kind &&
		    !strcmp(w->places[i].word, word))
			return w->places[i].number;
	return 0;
}

uint64_t sw_pf_words__number(struct sw_pf_words *w, enum sw_pf_word kind, const char *word,
			     bool *fresh)
{
	uint64_t hash = ((uintptr_t)word + kind) * 0x9e3779b97f4a7c15ULL, number;
	unsigned int i = hash >> 32;

	*fresh = false;
	for (;; i++) {
		i %= SW_PF_WORDS;
		if (!w->places[i].word)
			break;
		if (w->places[i].word == word && w->places[i].kind == kind)
			return w->places[i].number;
	}
	/* Half of it stays free, so that what is there is found soon. */
	if (w->n == SW_PF_WORDS / 2)
		return 0;
	number = same_word(w, kind, word);
	*fresh = !number;
	if (!number)
		number = ++w->numbers;
	w->places[i].word = word;
	w->places[i].kind = kind;
	w->places[i].number = number;
	w->n++;
	return number;
}
