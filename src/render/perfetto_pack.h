/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Packets of Perfetto's trace format, each in a frame whose key puts it in its place: the
 * head, all words, all tracks (parents first), then events by time.  At one time ends of slices come
 * first, then what takes no time, then begins, the longest first: so slices that nest nest.
 */
#ifndef SW_RENDER_PERFETTO_PACK_H
#define SW_RENDER_PERFETTO_PACK_H

#include "base/buf.h"
#include "render/perfetto_words.h"

/* A track, above all those that have it for a parent. */
enum sw_pf_level { SW_PF_TOP, SW_PF_SOCKET, SW_PF_CHILD };
enum sw_pf_unit { SW_PF_NO_COUNTER, SW_PF_COUNT, SW_PF_BYTES };

struct sw_pf_track {
	enum sw_pf_level level;
	uint64_t id, parent; /* parent 0: none */
	const char *name;    /* fit for showing; of a process its own */
	int32_t pid;	     /* 0: not a process */
	enum sw_pf_unit unit;
};

/* What is told of an event beside its name. */
struct sw_pf_note {
	const char *name;
	enum { SW_PF_UNSIGNED, SW_PF_SIGNED, SW_PF_BOOL, SW_PF_WORD, SW_PF_TEXT, SW_PF_LIST } kind;
	union {
		uint64_t u;
		int64_t s;
		bool b;
		const char *word; /* one of ours */
		size_t text;	  /* where in `texts` it is, with its NUL */
	};
	unsigned int n; /* LIST: so many texts */
};

#define SW_PF_NOTES 24
#define SW_PF_ITEMS 320 /* of all lists of an event */

enum sw_pf_type { SW_PF_BEGIN, SW_PF_END, SW_PF_INSTANT, SW_PF_COUNTER };
/* Of instants at one time. */
enum sw_pf_rank { SW_PF_FIRST, SW_PF_LATER, SW_PF_LAST };

struct sw_pf_event {
	enum sw_pf_type type;
	enum sw_pf_rank rank;
	uint64_t ts, track;
	uint64_t lasts; /* BEGIN: ns */
	int64_t value;	/* COUNTER */
	const char *category, *name;
	const uint64_t *flows; /* that go on from here */
	unsigned int n_flows;
	uint64_t flow_end; /* the one that ends here; 0: none */
	unsigned int n_notes, n_items;
	struct sw_pf_note notes[SW_PF_NOTES];
	struct sw_buf *texts; /* escaped; NULL: no notes with texts */
	struct sw_pf_words *words; /* NULL: no name, no category and no notes */
};

void sw_pf_head__put(struct sw_buf *out, uint64_t monotonic_ns, uint64_t realtime_ns);
void sw_pf_track__put(struct sw_buf *out, const struct sw_pf_track *t);
void sw_pf_event__put(struct sw_buf *out, const struct sw_pf_event *e);

/* What is beyond the room for notes is left out. */
void sw_pf_event__u64(struct sw_pf_event *e, const char *name, uint64_t v);
void sw_pf_event__s64(struct sw_pf_event *e, const char *name, int64_t v);
void sw_pf_event__bool(struct sw_pf_event *e, const char *name, bool v);
/* NULL: no note. */
void sw_pf_event__word(struct sw_pf_event *e, const char *name, const char *v);
/* What a stranger wrote. */
void sw_pf_event__text(struct sw_pf_event *e, const char *name, const char *v);
/* Whose texts were put, each with its NUL, into e->texts from `text` on. */
void sw_pf_event__list(struct sw_pf_event *e, const char *name, size_t text, unsigned int n);

#endif
