/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "render/perfetto_pack.h"

#include <perfetto.pb-c.h>

#include "base/escape.h"
#include "base/sorter.h"

/* All that is written is of one sequence, as Perfetto calls what one writer wrote. */
#define SEQUENCE 1
/* Of sequence_flags: without the first, events are not taken. */
#define STATE_CLEARED 1
#define NEEDS_STATE 2

/* The field of a trace that packets are: its number, and that bytes with a length follow. */
#define PACKET_FIELD 0x0a

/* By what comes first at one time. Tracks have the time 0. */
enum place { HEAD, WORDS, TOP, SOCKETS, CHILDREN, ENDS, INSTANTS, BEGINS };
#define PLACE_SHIFT 56
#define BEHIND_MAX ((1ULL << PLACE_SHIFT) - 1)

static uint64_t order_of(enum place place, uint64_t behind)
{
	return (uint64_t)place << PLACE_SHIFT | behind;
}

static void put_length(struct sw_buf *out, size_t n)
{
	for (; n >= 0x80; n >>= 7)
		sw_buf__putc(out, (char)(n | 0x80));
	sw_buf__putc(out, (char)n);
}

static void put_packet(struct sw_buf *out, uint64_t ts, uint64_t order, SwProto__TracePacket *p)
{
	size_t frame = sw_frame__open(out, ts, order), len;

	p->has_trusted_packet_sequence_id = true;
	p->trusted_packet_sequence_id = SEQUENCE;
	len = sw_proto__trace_packet__get_packed_size(p);
	sw_buf__putc(out, PACKET_FIELD);
	put_length(out, len);
	if (!sw_buf__reserve(out, len)) {
		sw_proto__trace_packet__pack(p, (uint8_t *)out->data + out->len);
		out->len += len;
	}
	sw_frame__close(out, frame);
}

void sw_pf_head__put(struct sw_buf *out, uint64_t monotonic_ns, uint64_t realtime_ns)
{
	SwProto__TracePacket p = SW_PROTO__TRACE_PACKET__INIT;
	SwProto__ClockSnapshot clocks = SW_PROTO__CLOCK_SNAPSHOT__INIT;
	SwProto__ClockSnapshot__Clock mono = SW_PROTO__CLOCK_SNAPSHOT__CLOCK__INIT, real = mono;
	SwProto__ClockSnapshot__Clock *both[] = {&mono, &real};

	mono.has_clock_id = mono.has_timestamp = true;
	mono.clock_id = SW_PROTO__BUILTIN_CLOCK__BUILTIN_CLOCK_MONOTONIC;
	mono.timestamp = monotonic_ns;
	real.has_clock_id = real.has_timestamp = true;
	real.clock_id = SW_PROTO__BUILTIN_CLOCK__BUILTIN_CLOCK_REALTIME;
	real.timestamp = realtime_ns;
	clocks.n_clocks = 2;
	clocks.clocks = both;
	clocks.has_primary_trace_clock = true;
	clocks.primary_trace_clock = SW_PROTO__BUILTIN_CLOCK__BUILTIN_CLOCK_MONOTONIC;
	p.clock_snapshot = &clocks;
	p.has_sequence_flags = true;
	p.sequence_flags = STATE_CLEARED;
	put_packet(out, 0, order_of(HEAD, 0), &p);
}

void sw_pf_track__put(struct sw_buf *out, const struct sw_pf_track *t)
{
	static const enum place places[] = {
		[SW_PF_TOP] = TOP, [SW_PF_SOCKET] = SOCKETS, [SW_PF_CHILD] = CHILDREN};
	SwProto__TracePacket p = SW_PROTO__TRACE_PACKET__INIT;
	SwProto__TrackDescriptor d = SW_PROTO__TRACK_DESCRIPTOR__INIT;
	SwProto__ProcessDescriptor process = SW_PROTO__PROCESS_DESCRIPTOR__INIT;
	SwProto__CounterDescriptor counter = SW_PROTO__COUNTER_DESCRIPTOR__INIT;

	d.has_uuid = true;
	d.uuid = t->id;
	d.has_parent_uuid = t->parent != 0;
	d.parent_uuid = t->parent;
	if (t->pid) {
		process.has_pid = true;
		process.pid = t->pid;
		process.process_name = (char *)t->name;
		d.process = &process;
	} else {
		d.name = (char *)t->name;
	}
	if (t->unit) {
		counter.has_unit = true;
		counter.unit = t->unit == SW_PF_BYTES ?
				       SW_PROTO__COUNTER_DESCRIPTOR__UNIT__UNIT_SIZE_BYTES :
				       SW_PROTO__COUNTER_DESCRIPTOR__UNIT__UNIT_COUNT;
		d.counter = &counter;
	}
	p.track_descriptor = &d;
	put_packet(out, 0, order_of(places[t->level], 0), &p);
}

static uint64_t event__order(const struct sw_pf_event *e)
{
	switch (e->type) {
	case SW_PF_BEGIN:
		return order_of(BEGINS, BEHIND_MAX - (e->lasts < BEHIND_MAX ? e->lasts : BEHIND_MAX));
	case SW_PF_END:
		return order_of(ENDS, 0);
	default:
		return order_of(INSTANTS, e->rank);
	}
}

/* A word's number.  What it stands for is told the first time; 0: it must be written out. */
static uint64_t number_of(struct sw_buf *out, struct sw_pf_words *words, enum sw_pf_word kind,
			  const char *word)
{
	SwProto__TracePacket p = SW_PROTO__TRACE_PACKET__INIT;
	SwProto__InternedData data = SW_PROTO__INTERNED_DATA__INIT;
	SwProto__EventName name = SW_PROTO__EVENT_NAME__INIT, *names = &name;
	SwProto__EventCategory category = SW_PROTO__EVENT_CATEGORY__INIT, *categories = &category;
	SwProto__DebugAnnotationName note = SW_PROTO__DEBUG_ANNOTATION_NAME__INIT, *notes = &note;
	SwProto__InternedString value = SW_PROTO__INTERNED_STRING__INIT, *values = &value;
	bool fresh;
	uint64_t number = sw_pf_words__number(words, kind, word, &fresh);

	if (!fresh)
		return number;
	name.has_iid = category.has_iid = note.has_iid = value.has_iid = value.has_str = true;
	name.iid = category.iid = note.iid = value.iid = number;
	name.name = category.name = note.name = (char *)word;
	value.str = (ProtobufCBinaryData){strlen(word), (uint8_t *)word};
	data.n_event_names = kind == SW_PF_NAME;
	data.event_names = &names;
	data.n_event_categories = kind == SW_PF_CATEGORY;
	data.event_categories = &categories;
	data.n_debug_annotation_names = kind == SW_PF_NOTE;
	data.debug_annotation_names = &notes;
	data.n_debug_annotation_string_values = kind == SW_PF_VALUE;
	data.debug_annotation_string_values = &values;
	p.interned_data = &data;
	put_packet(out, 0, order_of(WORDS, 0), &p);
	return number;
}

struct notes {
	SwProto__DebugAnnotation notes[SW_PF_NOTES], items[SW_PF_ITEMS];
	SwProto__DebugAnnotation *to_notes[SW_PF_NOTES], *to_items[SW_PF_ITEMS];
	unsigned int n_items;
};

static void notes__list(struct notes *to, SwProto__DebugAnnotation *d, const char *text,
			unsigned int n)
{
	d->array_values = &to->to_items[to->n_items];
	d->n_array_values = n;
	for (; n; n--, text += strlen(text) + 1) {
		SwProto__DebugAnnotation *item = &to->items[to->n_items];

		sw_proto__debug_annotation__init(item);
		item->string_value = (char *)text;
		to->to_items[to->n_items++] = item;
	}
}

static void notes__word(SwProto__DebugAnnotation *d, uint64_t number, const char *word)
{
	d->has_string_value_iid = number != 0;
	d->string_value_iid = number;
	if (!number)
		d->string_value = (char *)word;
}

static void notes__fill(struct sw_buf *out, struct notes *to, const struct sw_pf_event *e)
{
	to->n_items = 0;
	for (unsigned int i = 0; i < e->n_notes; i++) {
		const struct sw_pf_note *n = &e->notes[i];
		SwProto__DebugAnnotation *d = to->to_notes[i] = &to->notes[i];

		sw_proto__debug_annotation__init(d);
		d->name_iid = number_of(out, e->words, SW_PF_NOTE, n->name);
		d->has_name_iid = d->name_iid != 0;
		if (!d->name_iid)
			d->name = (char *)n->name;
		switch (n->kind) {
		case SW_PF_UNSIGNED:
			d->has_uint_value = true;
			d->uint_value = n->u;
			break;
		case SW_PF_SIGNED:
			d->has_int_value = true;
			d->int_value = n->s;
			break;
		case SW_PF_BOOL:
			d->has_bool_value = true;
			d->bool_value = n->b;
			break;
		case SW_PF_WORD:
			notes__word(d, number_of(out, e->words, SW_PF_VALUE, n->word), n->word);
			break;
		case SW_PF_TEXT:
			d->string_value = e->texts->data + n->text;
			break;
		case SW_PF_LIST:
			notes__list(to, d, e->texts->data + n->text, n->n);
			break;
		}
	}
}

void sw_pf_event__put(struct sw_buf *out, const struct sw_pf_event *e)
{
	static const SwProto__TrackEvent__Type types[] = {
		[SW_PF_BEGIN] = SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN,
		[SW_PF_END] = SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_END,
		[SW_PF_INSTANT] = SW_PROTO__TRACK_EVENT__TYPE__TYPE_INSTANT,
		[SW_PF_COUNTER] = SW_PROTO__TRACK_EVENT__TYPE__TYPE_COUNTER,
	};
	SwProto__TracePacket p = SW_PROTO__TRACE_PACKET__INIT;
	SwProto__TrackEvent t = SW_PROTO__TRACK_EVENT__INIT;
	uint64_t category = 0, end = e->flow_end;
	char *written = (char *)e->category;
	struct notes notes;

	if (e->texts && e->texts->failed) {
		out->failed = true;
		return;
	}
	t.has_type = true;
	t.type = types[e->type];
	t.has_track_uuid = true;
	t.track_uuid = e->track;
	if (e->category)
		category = number_of(out, e->words, SW_PF_CATEGORY, e->category);
	t.n_category_iids = category != 0;
	t.category_iids = &category;
	t.n_categories = written && !category;
	t.categories = &written;
	if (e->name)
		t.name_iid = number_of(out, e->words, SW_PF_NAME, e->name);
	t.has_name_iid = t.name_iid != 0;
	if (!t.name_iid)
		t.name = (char *)e->name;
	t.has_counter_value = e->type == SW_PF_COUNTER;
	t.counter_value = e->value;
	t.n_flow_ids = e->n_flows;
	t.flow_ids = (uint64_t *)e->flows;
	t.n_terminating_flow_ids = end != 0;
	t.terminating_flow_ids = &end;
	notes__fill(out, &notes, e);
	t.n_debug_annotations = e->n_notes;
	t.debug_annotations = notes.to_notes;
	p.has_timestamp = true;
	p.timestamp = e->ts;
	p.has_timestamp_clock_id = true;
	p.timestamp_clock_id = SW_PROTO__BUILTIN_CLOCK__BUILTIN_CLOCK_MONOTONIC;
	p.has_sequence_flags = true;
	p.sequence_flags = NEEDS_STATE;
	p.track_event = &t;
	put_packet(out, e->ts, event__order(e), &p);
}

static struct sw_pf_note *event__note(struct sw_pf_event *e, const char *name)
{
	static struct sw_pf_note beyond;
	struct sw_pf_note *n = e->n_notes < SW_PF_NOTES ? &e->notes[e->n_notes++] : &beyond;

	n->name = name;
	return n;
}

void sw_pf_event__u64(struct sw_pf_event *e, const char *name, uint64_t v)
{
	struct sw_pf_note *n = event__note(e, name);

	n->kind = SW_PF_UNSIGNED;
	n->u = v;
}

void sw_pf_event__s64(struct sw_pf_event *e, const char *name, int64_t v)
{
	struct sw_pf_note *n = event__note(e, name);

	n->kind = SW_PF_SIGNED;
	n->s = v;
}

void sw_pf_event__bool(struct sw_pf_event *e, const char *name, bool v)
{
	struct sw_pf_note *n = event__note(e, name);

	n->kind = SW_PF_BOOL;
	n->b = v;
}

void sw_pf_event__word(struct sw_pf_event *e, const char *name, const char *v)
{
	struct sw_pf_note *n;

	if (!v)
		return;
	n = event__note(e, name);
	n->kind = SW_PF_WORD;
	n->word = v;
}

void sw_pf_event__text(struct sw_pf_event *e, const char *name, const char *v)
{
	struct sw_pf_note *n = event__note(e, name);

	n->kind = SW_PF_TEXT;
	n->text = e->texts->len;
	sw_escape_text(e->texts, v, strlen(v));
	sw_buf__putc(e->texts, '\0');
}

void sw_pf_event__list(struct sw_pf_event *e, const char *name, size_t text, unsigned int n)
{
	struct sw_pf_note *note;

	if (n > SW_PF_ITEMS - e->n_items)
		n = SW_PF_ITEMS - e->n_items;
	note = event__note(e, name);
	note->kind = SW_PF_LIST;
	note->text = text;
	note->n = n;
	e->n_items += n;
}
