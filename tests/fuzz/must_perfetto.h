/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What must hold of Perfetto's packets once they are sorted, whatever the records were:
 * times do not go back, words and tracks come before what needs them, slices are balanced, arrows have
 * both ends, texts are UTF-8 without control characters.
 */
#ifndef SW_FUZZ_MUST_PERFETTO_H
#define SW_FUZZ_MUST_PERFETTO_H

#include <perfetto.pb-c.h>
#include <stdbool.h>

#include "base/sorter.h"
#include "must.h"

/* As many as records of an input can make. */
#define PF_MAX 4096

struct pf {
	uint64_t last; /* time of an event */
	bool events;   /* the first one has come */
	unsigned int n_tracks, n_flows;
	uint64_t words; /* their numbers are those from 1 on */
	struct {
		uint64_t id;
		bool counter;
		unsigned int open; /* slices */
		uint64_t begins[PF_MAX / 16];
	} tracks[PF_MAX / 16];
	struct {
		uint64_t id;
		bool over;
	} flows[PF_MAX];
};

static unsigned int pf_track(struct pf *p, uint64_t id)
{
	unsigned int i = 0;

	while (i < p->n_tracks && p->tracks[i].id != id)
		i++;
	return i;
}

static void pf_text(const char *text)
{
	const unsigned char *c = (const void *)text, *end;

	if (!text)
		return;
	for (end = c + strlen(text); c < end; c += character(c, end)) {
		must(character(c, end));
		must(*c >= 0x20 && *c != 0x7f);
	}
}

static void pf_describe(struct pf *p, const SwProto__TrackDescriptor *d)
{
	unsigned int i = pf_track(p, d->uuid);

	must(!p->events && d->uuid);
	must(!d->has_parent_uuid || pf_track(p, d->parent_uuid) < p->n_tracks);
	must(d->has_parent_uuid != (d->process || !strcmp(d->name, "sockwake") ||
				    !strcmp(d->name, "no process seen")));
	pf_text(d->name);
	if (d->process)
		pf_text(d->process->process_name);
	if (i < p->n_tracks) {
		must(p->tracks[i].counter == !!d->counter);
		return;
	}
	must(p->n_tracks < sizeof(p->tracks) / sizeof(*p->tracks));
	p->tracks[i].id = d->uuid;
	p->tracks[i].counter = d->counter;
	p->tracks[i].open = 0;
	p->n_tracks++;
}

static void pf_word(const struct pf *p, bool has, uint64_t number)
{
	must(!has || (number && number <= p->words));
}

static void pf_intern(struct pf *p, const SwProto__InternedData *d)
{
	must(!p->events && !p->n_tracks);
	must(d->n_event_names + d->n_event_categories + d->n_debug_annotation_names +
		     d->n_debug_annotation_string_values == 1);
	p->words++;
	must((d->n_event_names ? d->event_names[0]->iid :
	      d->n_event_categories ? d->event_categories[0]->iid :
	      d->n_debug_annotation_names ? d->debug_annotation_names[0]->iid :
	      d->debug_annotation_string_values[0]->iid) == p->words);
}

static void pf_note(const struct pf *p, const SwProto__DebugAnnotation *d)
{
	pf_word(p, d->has_name_iid, d->name_iid);
	pf_word(p, d->has_string_value_iid, d->string_value_iid);
	pf_text(d->name);
	pf_text(d->string_value);
	for (size_t i = 0; i < d->n_array_values; i++)
		pf_note(p, d->array_values[i]);
}

static void pf_flow(struct pf *p, uint64_t id, bool ends)
{
	unsigned int i = 0;

	while (i < p->n_flows && p->flows[i].id != id)
		i++;
	must(id);
	if (i == p->n_flows) {
		must(!ends && i < PF_MAX);
		p->flows[i].id = id;
		p->flows[i].over = false;
		p->n_flows++;
	}
	must(!p->flows[i].over);
	p->flows[i].over = ends;
}

static void pf_event(struct pf *p, uint64_t ts, const SwProto__TrackEvent *e)
{
	unsigned int i = pf_track(p, e->track_uuid);
	unsigned int *open;

	must(!p->events || ts >= p->last);
	p->events = true;
	p->last = ts;
	must(i < p->n_tracks);
	open = &p->tracks[i].open;
	must(p->tracks[i].counter == (e->type == SW_PROTO__TRACK_EVENT__TYPE__TYPE_COUNTER));
	if (e->type == SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN) {
		must(*open < sizeof(p->tracks->begins) / sizeof(*p->tracks->begins));
		p->tracks[i].begins[(*open)++] = ts;
	}
	if (e->type == SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_END) {
		must(*open);
		must(p->tracks[i].begins[--*open] < ts);
	}
	pf_text(e->name);
	pf_word(p, e->has_name_iid, e->name_iid);
	for (size_t k = 0; k < e->n_category_iids; k++)
		pf_word(p, true, e->category_iids[k]);
	for (size_t k = 0; k < e->n_debug_annotations; k++)
		pf_note(p, e->debug_annotations[k]);
	for (size_t k = 0; k < e->n_flow_ids; k++)
		pf_flow(p, e->flow_ids[k], false);
	for (size_t k = 0; k < e->n_terminating_flow_ids; k++)
		pf_flow(p, e->terminating_flow_ids[k], true);
}

static int pf_packet(void *arg, const void *piece, size_t len)
{
	SwProto__Trace *t = sw_proto__trace__unpack(NULL, len, piece);
	struct pf *p = arg;
	const SwProto__TracePacket *packet;

	must(t && t->n_packet == 1);
	packet = t->packet[0];
	if (packet->track_descriptor)
		pf_describe(p, packet->track_descriptor);
	else if (packet->track_event)
		pf_event(p, packet->timestamp, packet->track_event);
	else if (packet->interned_data)
		pf_intern(p, packet->interned_data);
	else
		must(packet->clock_snapshot && !p->events && !p->n_tracks && !p->words);
	sw_proto__trace__free_unpacked(t, NULL);
	return 0;
}

static void must_perfetto(const struct sw_buf *out)
{
	static struct pf p;
	struct sw_sorter *s = sw_sorter__new(1 << 20, NULL);

	p.events = false;
	p.n_tracks = p.n_flows = 0;
	p.words = 0;
	must(s && !out->failed);
	must(!sw_sorter__add(s, out->data, out->len));
	must(!sw_sorter__drain(s, pf_packet, &p));
	for (unsigned int i = 0; i < p.n_tracks; i++)
		must(!p.tracks[i].open);
	for (unsigned int i = 0; i < p.n_flows; i++)
		must(p.flows[i].over);
	sw_sorter__free(s);
}

#endif
