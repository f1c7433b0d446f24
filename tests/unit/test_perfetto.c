// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which arrows there are, whose a socket is, and what is kept of it. */
#include "story.h"

#include <perfetto.pb-c.h>

#include "base/sorter.h"
#include "render/perfetto_held.h"
#include "render/perfetto_tracks.h"
#include "render/render.h"

#define PID 812
#define TID 813
#define PACKETS 100000

/* A trace as it is rendered, and then its packets in order. */
struct shown {
	const struct sw_renderer *r;
	struct sw_render_opts opts;
	struct sw_trace_info info;
	struct sw_trace *t;
	struct sw_buf out;
	SwProto__Trace **packets; /* of one packet each */
	size_t n;
};

static int on_event(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct shown *s = arg;

	s->r->event(&s->out, &s->opts, sk, told);
	return 0;
}

static void on_drop(void *arg, struct sw_socket *sk)
{
	struct shown *s = arg;

	s->r->forget(&s->out, &s->opts, sk);
}

static void begin(struct shown *s)
{
	*s = (struct shown){.r = sw_renderer__find("perfetto")};
	s->info = (struct sw_trace_info){.version = "", .host = "", .kernel = "", .arch = ""};
	s->opts.state = s->r->open();
	s->t = sw_trace__new(&s->info, on_event, s);
	assert_non_null(s->opts.state);
	sw_sockets__on_drop(sw_trace__sockets(s->t), on_drop, s);
	s->r->begin(&s->out, &s->opts, &s->info);
}

static int collect(void *arg, const void *piece, size_t len)
{
	struct shown *s = arg;

	assert_true(s->n < PACKETS);
	s->packets[s->n] = sw_proto__trace__unpack(NULL, len, piece);
	assert_non_null(s->packets[s->n++]);
	return 0;
}

static void finish(struct shown *s)
{
	struct sw_sorter *sorter = sw_sorter__new(64 << 20, NULL);
	struct sw_trace_totals totals;
	const struct sw_outcome outcome = {.totals = &totals};

	assert_int_equal(sw_trace__settle(s->t, UINT64_MAX), 0);
	sw_trace__totals(s->t, &totals);
	s->r->summary(&s->out, &s->opts, &s->info, &outcome);
	s->packets = calloc(PACKETS, sizeof(*s->packets));
	assert_false(s->out.failed);
	assert_int_equal(sw_sorter__add(sorter, s->out.data, s->out.len), 0);
	assert_int_equal(sw_sorter__drain(sorter, collect, s), 0);
	sw_sorter__free(sorter);
}

static void end(struct shown *s)
{
	for (size_t i = 0; i < s->n; i++)
		sw_proto__trace__free_unpacked(s->packets[i], NULL);
	free(s->packets);
	sw_trace__free(s->t);
	s->r->close(s->opts.state);
	sw_buf__free(&s->out);
}

static const SwProto__TracePacket *packet(const struct shown *s, size_t i)
{
	return s->packets[i]->packet[0];
}

/* What an event's name is, by the number it has. */
static const char *name_of(const struct shown *s, const SwProto__TrackEvent *e)
{
	for (size_t i = 0; i < s->n; i++) {
		const SwProto__InternedData *d = packet(s, i)->interned_data;

		if (d && d->n_event_names && d->event_names[0]->iid == e->name_iid)
			return d->event_names[0]->name;
	}
	return "";
}

/* "FLOW:NAME FLOW:NAME- …" in order, with a dash where the flow ends. */
static void flows(const struct shown *s, struct sw_buf *b)
{
	for (size_t i = 0; i < s->n; i++) {
		const SwProto__TrackEvent *e = packet(s, i)->track_event;

		for (size_t k = 0; e && k < e->n_flow_ids; k++)
			sw_buf__printf(b, "%u:%s ", (unsigned int)e->flow_ids[k], name_of(s, e));
		for (size_t k = 0; e && k < e->n_terminating_flow_ids; k++)
			sw_buf__printf(b, "%u:%s- ", (unsigned int)e->terminating_flow_ids[k],
				       name_of(s, e));
	}
}

#define FIRE(s, at) \
	TELL((s)->t, WAKEUP, wakeup, at, .sock = 7, .pid = 990, .tid = 990, .state = 1)
#define RUNS(s, fired, at)                                                             \
	TELL((s)->t, RUN, run, at, .sock = 7, .wakeup_ts = fired, .woken_ts = (fired) + 2, \
	     .pid = PID, .tid = TID)
#define TAKES(s, fired, ran, from, at)                                                 \
	TELL((s)->t, IO, io, at, .sock = 7, .begin = from, .wakeup_ts = fired,         \
	     .run_ts = ran, .pid = PID, .tid = TID, .op = SW_OP_RECV, .result = 36)

static void want_flows(struct shown *s, const char *want)
{
	struct sw_buf b = {0};

	finish(s);
	flows(s, &b);
	assert_buf(&b, want);
	sw_buf__free(&b);
	end(s);
}

static void test_arrows(void **state)
{
	struct shown s;

	(void)state;
	begin(&s);
	FIRE(&s, 100);
	want_flows(&s, "");
	begin(&s);
	FIRE(&s, 100);
	RUNS(&s, 100, 130);
	want_flows(&s, "1:readable 1:woken to running- ");
	begin(&s);
	FIRE(&s, 100);
	RUNS(&s, 100, 130);
	TAKES(&s, 100, 130, 140, 150);
	want_flows(&s, "1:readable 1:woken to running 1:running to recv- ");
	/* It ran for it, which was not seen. */
	begin(&s);
	FIRE(&s, 100);
	TAKES(&s, 100, 130, 140, 150);
	want_flows(&s, "1:readable 1:running to recv- ");
	/* The wake-up was not seen. */
	begin(&s);
	RUNS(&s, 100, 130);
	TAKES(&s, 100, 130, 140, 150);
	want_flows(&s, "1:woken to running 1:running to recv- ");
	begin(&s);
	RUNS(&s, 100, 130);
	want_flows(&s, "");
	begin(&s);
	TAKES(&s, 100, 130, 140, 150);
	want_flows(&s, "");
}

static void test_arrows_do_not_lead_back(void **state)
{
	struct shown s;

	(void)state;
	/* A blocking call, which began before it was woken for. */
	begin(&s);
	FIRE(&s, 100);
	RUNS(&s, 100, 130);
	TAKES(&s, 100, 130, 50, 150);
	want_flows(&s, "1:readable 1:woken to running 1:running to recv- ");
	begin(&s);
	FIRE(&s, 100);
	TAKES(&s, 100, 0, 50, 150);
	want_flows(&s, "1:readable 1:taken- ");
	begin(&s);
	FIRE(&s, 100);
	TAKES(&s, 100, 0, 140, 150);
	want_flows(&s, "1:readable 1:recv- ");
	/* It says to have run before it was woken, or before it ran. */
	begin(&s);
	FIRE(&s, 100);
	TAKES(&s, 100, 60, 50, 150);
	want_flows(&s, "1:readable 1:taken- ");
	begin(&s);
	FIRE(&s, 100);
	RUNS(&s, 100, 130);
	TAKES(&s, 100, 110, 140, 150);
	want_flows(&s, "1:readable 2:readable 1:woken to running- 2:running to recv- ");
}

static void test_given_up(void **state)
{
	struct shown s;

	(void)state;
	/* So many came in between that the first is not held any more. */
	begin(&s);
	for (uint64_t i = 0; i <= SW_PF_HELD; i++)
		FIRE(&s, 100 + i);
	RUNS(&s, 100, 100000);
	RUNS(&s, 101, 100001);
	want_flows(&s, "2:readable 2:woken to running- ");
}

static void want_balanced(const struct shown *s)
{
	enum { TRACKS = 2000 };
	static struct {
		uint64_t id;
		int open;
	} tracks[TRACKS];
	uint64_t last = 0;
	size_t n = 0, k;

	for (size_t i = 0; i < s->n; i++) {
		const SwProto__TrackEvent *e = packet(s, i)->track_event;

		if (!e)
			continue;
		assert_true(packet(s, i)->timestamp >= last);
		last = packet(s, i)->timestamp;
		for (k = 0; k < n && tracks[k].id != e->track_uuid; k++)
			;
		assert_true(k < TRACKS);
		if (k == n)
			tracks[n++].open = 0;
		tracks[k].id = e->track_uuid;
		tracks[k].open += e->type == SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN;
		tracks[k].open -= e->type == SW_PROTO__TRACK_EVENT__TYPE__TYPE_SLICE_END;
		assert_true(tracks[k].open >= 0);
	}
	for (k = 0; k < n; k++)
		assert_int_equal(tracks[k].open, 0);
}

/* More tasks than are kept apart, in turn: each comes back when it was forgotten. */
static void test_many_tasks(void **state)
{
	struct shown s;

	(void)state;
	begin(&s);
	for (uint64_t i = 0; i < 10 * SW_PF_TASKS; i++) {
		const uint64_t at = 1000 + i * 10;

		TELL(s.t, WAIT, wait, at + 100, .sock = 7, .begin = at, .end = at + 95, .pid = PID,
		     .tid = (uint32_t)(1 + i % (2 * SW_PF_TASKS)), .op = SW_OP_ACCEPT);
	}
	finish(&s);
	want_balanced(&s);
	end(&s);
}

static const SwProto__TrackDescriptor *track(const struct shown *s, uint64_t id, unsigned int *times)
{
	const SwProto__TrackDescriptor *found = NULL;

	*times = 0;
	for (size_t i = 0; i < s->n; i++) {
		const SwProto__TrackDescriptor *d = packet(s, i)->track_descriptor;

		if (d && d->uuid == id) {
			found = d;
			++*times;
		}
	}
	return found;
}

static void test_owner(void **state)
{
	const SwProto__TrackDescriptor *d;
	unsigned int times;
	struct shown s;

	(void)state;
	begin(&s);
	tell_name(s.t, 7);
	tell_name(s.t, 8);
	/* Known after its first event; nobody's; nobody's that has a pid here. */
	FIRE(&s, 100);
	RUNS(&s, 100, 130);
	TELL(s.t, WAKEUP, wakeup, 200, .sock = 8, .pid = 990);
	TELL(s.t, RUN, run, 300, .sock = 9, .wakeup_ts = 290, .woken_ts = 290);
	finish(&s);
	d = track(&s, sw_pf_socket_track(1), &times);
	assert_int_equal(times, 1);
	assert_string_equal(d->name, "#1 tcp 127.0.0.1:7 < 127.0.0.1:43210");
	d = track(&s, d->parent_uuid, &times);
	assert_int_equal(times, 1);
	assert_int_equal(d->process->pid, PID);
	for (uint64_t id = 2; id <= 3; id++) {
		d = track(&s, sw_pf_socket_track(id), &times);
		assert_int_equal(times, 1);
		d = track(&s, d->parent_uuid, &times);
		assert_non_null(d);
		assert_string_equal(d->name, "no process seen");
		assert_int_equal(times, 1);
	}
	end(&s);
}

/* A socket's track is described once, whether it was dropped or not. */
static void test_drop(void **state)
{
	enum { SOCKETS = SW_TRACE_LINGER + 100 };
	unsigned int times;
	struct shown s;

	(void)state;
	begin(&s);
	for (uint64_t i = 1; i <= SOCKETS; i++) {
		TELL(s.t, WAKEUP, wakeup, 100 * i, .sock = i, .state = 1);
		TELL(s.t, RUN, run, 100 * i + 50, .sock = i, .wakeup_ts = 100 * i,
		     .woken_ts = 100 * i + 1, .pid = PID, .tid = TID);
		TELL(s.t, DESTROY, destroy, 100 * i + 90, .sock = i);
	}
	assert_int_equal(sw_sockets__held(sw_trace__sockets(s.t)), SW_TRACE_LINGER);
	finish(&s);
	want_balanced(&s);
	for (uint64_t id = 1; id <= SOCKETS; id++) {
		track(&s, sw_pf_socket_track(id), &times);
		assert_int_equal(times, 1);
	}
	end(&s);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (unsigned long at = 1;; at++) {
		struct shown s = {.r = sw_renderer__find("perfetto")};
		struct sw_socket sk = {.id = 1, .key = 7};
		const union sw_event ev = {.run_rec = sample_run()};
		const union sw_event fire = {.wakeup_rec = sample_wakeup()};
		const struct sw_trace_totals totals = {0};
		const struct sw_outcome outcome = {.totals = &totals};
		bool failed;

		s.info = (struct sw_trace_info){.version = "", .host = "", .kernel = "", .arch = ""};
		alloc_fail_in = at;
		s.opts.state = s.r->open();
		if (s.opts.state) {
			s.r->begin(&s.out, &s.opts, &s.info);
			s.r->event(&s.out, &s.opts, &sk, &(struct sw_told){.ev = &fire});
			s.r->event(&s.out, &s.opts, &sk, &(struct sw_told){.ev = &ev});
			s.r->summary(&s.out, &s.opts, &s.info, &outcome);
			s.r->forget(&s.out, &s.opts, &sk);
		}
		/* It is known, whatever it was that failed. */
		failed = !s.opts.state || s.out.failed;
		s.r->close(s.opts.state);
		sw_buf__free(&s.out);
		if (alloc_fail_in) {
			alloc_fail_in = 0;
			assert_false(failed);
			break;
		}
		assert_true(failed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arrows),
		cmocka_unit_test(test_arrows_do_not_lead_back),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_many_tasks),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
