// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Findings as such: their words, thresholds, order, roles, and the memory they take. */
#include "findings.h"

static void test_words(void **state)
{
	static const char *const names[] = {
		"no-waiter", "herd", "spurious", "slow-run", "slow-read",
		"stuck-wait", "write-stall", "backlog", "uneven-accept", "spin",
	};
	bool has_case[SW_FINDING_COUNT] = { false };

	(void)state;
	assert_int_equal(ARRAY_SIZE(names), SW_FINDING_COUNT);
	for (unsigned int i = 0; i < SW_FINDING_COUNT; i++)
		assert_string_equal(sw_finding_name(i), names[i]);
	for (unsigned int i = 0; i < SW_CASE_COUNT; i++) {
		has_case[sw_case_kind(i)] = true;
		assert_true(strlen(sw_case_meaning(i)) > 10);
		assert_true(strlen(sw_case_advice(i)) > 10);
		assert_null(strchr(sw_case_advice(i), '\n'));
		/* Else nobody could tell them apart. */
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(sw_case_meaning(i), sw_case_meaning(k));
	}
	for (unsigned int i = 0; i < SW_FINDING_COUNT; i++)
		assert_true(has_case[i]);
	assert_string_equal(sw_finding_unit_name(SW_FINDING_HERD), "tasks");
	assert_string_equal(sw_finding_unit_name(SW_FINDING_BACKLOG), "percent");
	assert_string_equal(sw_finding_unit_name(SW_FINDING_SLOW_RUN), "ns");
	assert_string_equal(sw_finding_unit_name(SW_FINDING_SPIN), "calls");
	assert_string_equal(sw_severity_name(SW_INFO), "info");
	assert_string_equal(sw_severity_name(SW_WARNING), "warning");
	assert_string_equal(sw_severity_name(SW_CRITICAL), "critical");
}

/* A trace of a server in good health says nothing. */
static void test_well(void **state)
{
	(void)state;
	STORY {
		for (uint64_t ts = S; ts < 2 * S; ts += 10 * MS) {
			DATA(&b, ts, 100, .waiters = 1);
			WOKEN(&b, ts, 5 * US, 1);
			TELL(b.t, RUN, run, ts + 50 * US, .sock = 7, .wakeup_ts = ts,
			     .woken_ts = ts + 5 * US, TASK(1));
			IO(&b, ts + 80 * US, ts, ts + 50 * US, 1, RECV, 100);
			/* What comes while it is awake is read in a moment. */
			DATA(&b, ts + 90 * US, 100, .waiters = 1);
			IO(&b, ts + 1 * MS, ts + 90 * US, 0, 1, RECV, 100);
		}
		/* The peer has closed. */
		WAKE(&b, 2 * S, .waiters = 1, .state = 8, .hdr.hook = SW_HOOK_DEF_WAKEUP);
		WAKE(&b, 2 * S, .state = 8);
		IO(&b, 3 * S, 2 * S, 0, 1, RECV, 0);
		TELL(b.t, DESTROY, destroy, 4 * S, .sock = 7);
		nothing(&b);
	}
}

static void test_defaults(void **state)
{
	struct sw_thresholds none = { 0 };
	bool seen[SW_FINDING_COUNT] = { false };

	(void)state;
	STORY {
		sw_finder__free(b.f);
		sw_trace__free(b.t);
		b.f = sw_finder__new(&none);
		b.t = sw_trace__new(&b.info, findings_feed, b.f);
		sw_finder__set_trace(b.f, b.t);
		tell_name(b.t, 7);
		for (uint64_t under = 0; under < 2; under++) {
			uint64_t ts = (2 - under) * 100 * S;

			TELL(b.t, RUN, run, ts, .sock = 7, .woken_ts = ts - 10 * MS + under,
			     TASK(1));
			IO(&b, ts, 5, ts - 10 * MS + under, 1, RECV, 1);
			WAIT(&b, ts - S + under, ts, 1, CONNECT, 0, UNENDED);
			WAIT(&b, ts - 100 * MS + under, ts, 1, SEND, 1);
			WAKE(&b, ts, .waiters = 1, .rx_queued = 80 - under, .tx_queued = 99,
			     .state = STATE_LISTEN);
		}
		finish(&b);
		assert_int_equal(b.n, 5);
		for (unsigned int i = 0; i < b.n; i++) {
			assert_int_equal(b.found[i]->count, 1);
			seen[b.found[i]->kind] = true;
		}
		assert_true(seen[SW_FINDING_SLOW_RUN] && seen[SW_FINDING_SLOW_READ] &&
			    seen[SW_FINDING_STUCK_WAIT] && seen[SW_FINDING_WRITE_STALL] &&
			    seen[SW_FINDING_BACKLOG]);
	}
}

/* The most severe first, then by kind, then the worst, then by socket. */
static void test_order(void **state)
{
	static const struct {
		enum sw_finding_kind kind;
		uint64_t socket;
	} want[] = {
		{ SW_FINDING_SLOW_RUN, 5 },  { SW_FINDING_SLOW_RUN, 3 },
		{ SW_FINDING_SLOW_RUN, 2 },  { SW_FINDING_SLOW_RUN, 4 },
		{ SW_FINDING_SLOW_READ, 1 }, { SW_FINDING_UNEVEN_ACCEPT, 6 },
	};

	(void)state;
	STORY {
		IO(&b, S, 5, S - 2 * MS, 1, RECV, 1);
		TELL(b.t, RUN, run, S, .sock = 12, .woken_ts = S - 2 * MS, TASK(1));
		TELL(b.t, RUN, run, S, .sock = 13, .woken_ts = S - 3 * MS, TASK(1));
		TELL(b.t, RUN, run, S, .sock = 14, .woken_ts = S - 2 * MS, TASK(1));
		TELL(b.t, RUN, run, S, .sock = 15, .woken_ts = S - 100 * MS, TASK(1));
		/* A name that was learnt later is the one that is told with the next. */
		tell_name(b.t, 13);
		TELL(b.t, RUN, run, S, .sock = 13, .woken_ts = S - 2 * MS, TASK(1));
		for (uint32_t i = 0; i < 40; i++)
			TELL(b.t, WAIT, wait, S, .sock = 16, .begin = S, .end = S,
			     TASK(1 + !(i % 10)));
		finish(&b);
		assert_int_equal(b.n, ARRAY_SIZE(want));
		for (unsigned int i = 0; i < b.n; i++) {
			if (b.found[i]->kind != want[i].kind || b.found[i]->socket != want[i].socket)
				fail_row(i, "%s of %llu", sw_finding_name(b.found[i]->kind),
					 (unsigned long long)b.found[i]->socket);
		}
		assert_string_equal(b.found[1]->name, "tcp 127.0.0.1:13 < 127.0.0.1:43210");
		assert_string_equal(b.found[2]->name, "unknown socket");
	}
}

/* --- roles --- */

static void tell_socket(struct both *b, const struct sw_rec_socket *rec)
{
	assert_int_equal(sw_trace__feed(b->t, rec, sizeof(*rec)), 0);
}

/* It took late, by a task of this name; how late tells them apart. */
static void late_at(struct both *b, uint64_t ts, uint64_t key, uint64_t lay, const char *comm)
{
	struct sw_rec_io rec = sample_io();

	rec.sock = key;
	rec.hdr.ts = ts;
	rec.begin = rec.wakeup_ts = rec.run_ts = ts - lay;
	rec.tid = 10 + key;
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, comm);
	assert_int_equal(sw_trace__feed(b->t, &rec, sizeof(rec)), 0);
}

static void late(struct both *b, uint64_t key, uint64_t lay, const char *comm)
{
	late_at(b, 5 * S, key, lay, comm);
}

/* The connections of one server, however many, are one finding. */
static void test_one_role(void **state)
{
	struct sw_rec_socket rec = sample_socket();

	(void)state;
	rec.parent = 7;
	STORY {
		for (uint32_t k = 0; k < 300; k++) {
			rec.sock = 100 + k;
			rec.rport = (uint16_t)(40000 + k);
			tell_socket(&b, &rec);
			late(&b, rec.sock, (k == 200 ? 9 : 3) * MS, "server");
			late_at(&b, 6 * S, rec.sock, 4 * MS, "other"); /* it is counted there */
			if (k % 2)
				TELL(b.t, DESTROY, destroy, 5 * S, .sock = rec.sock);
		}
		finish(&b);
		assert_int_equal(b.n, 1);
		assert_int_equal(b.found[0]->sockets, 300);
		assert_int_equal(b.found[0]->count, 600);
		assert_int_equal(b.found[0]->worst, 9 * MS);
		assert_string_equal(b.found[0]->name, "tcp 127.0.0.1:7777 < 127.0.0.1:40200");
		assert_int_equal(b.found[0]->n_tasks, SW_FINDING_TASKS);
		assert_int_equal(b.found[0]->more_tasks, SW_FINDING_MORE);
	}
}

/* Each differs from the first one in one thing. */
static void test_roles(void **state)
{
	enum { SAME, RPORT, LPORT, NETNS, SIDE, NAME, PROTOCOL, LADDR, HOWS };
	static const bool same[HOWS] = { [SAME] = true, [RPORT] = true };

	(void)state;
	for (unsigned int how = 0; how < HOWS; how++)
		STORY {
			struct sw_rec_socket rec = sample_socket();

			rec.parent = 7;
			rec.sock = 20;
			tell_socket(&b, &rec);
			late(&b, 20, 3 * MS, "server");
			rec.sock = 21;
			rec.rport += how == RPORT;
			rec.lport += how == LPORT;
			rec.netns += how == NETNS;
			rec.parent = how == SIDE ? 0 : 7;
			rec.lport = how == SIDE ? 50000 : rec.lport;
			rec.protocol += how == PROTOCOL;
			rec.laddr[3] += how == LADDR;
			tell_socket(&b, &rec);
			late(&b, 21, 3 * MS, how == NAME ? "other" : "server");
			finish(&b);
			if (b.n != (same[how] ? 1 : 2))
				fail_row(how, "%u findings", b.n);
			assert_int_equal(b.found[0]->sockets, same[how] ? 2 : 1);
		}
}

/* Clients are told apart by where they connect to, UNIX sockets by their paths. */
static void test_other_roles(void **state)
{
	struct sw_rec_socket rec = sample_socket();
	struct sw_rec_unix un = sample_unix();

	(void)state;
	rec.rport = 5432;
	STORY {
		for (uint32_t k = 0; k < 9; k++) {
			rec.sock = 20 + k;
			rec.lport = (uint16_t)(40000 + k);
			rec.rport = k < 6 ? 5432 : 80;
			tell_socket(&b, &rec);
			late(&b, rec.sock, 3 * MS, "client");
		}
		finish(&b);
		assert_int_equal(b.n, 2);
		assert_int_equal(b.found[0]->sockets, 6);
		assert_int_equal(b.found[1]->sockets, 3);
	}
	/* A service whose port is above its clients' is one, as one of its connections tells. */
	STORY {
		for (uint32_t k = 0; k < 7; k++) {
			rec.sock = 20 + k;
			rec.parent = k ? 0 : 9;
			rec.lport = (uint16_t)(k ? 40000 + k : 60000);
			rec.rport = k ? 60000 : 40000;
			tell_socket(&b, &rec);
			late(&b, rec.sock, 3 * MS, k ? "client" : "server");
		}
		finish(&b);
		assert_int_equal(b.n, 2);
		assert_int_equal(b.found[0]->sockets + b.found[1]->sockets, 7);
	}
	rec = sample_socket();
	rec.family = 1;
	rec.protocol = 0;
	STORY {
		for (uint32_t k = 0; k < 8; k++) {
			/* Two of each: a path, another one, the first as the peer's, none. */
			rec.sock = un.sock = 20 + k;
			un.llen = k / 2 < 2 ? 9 : 0;
			un.lpath[8] = k / 2 == 1 ? 'x' : 'k';
			un.rlen = k / 2 == 2 ? 9 : 0;
			memcpy(un.rpath, "/run/sock", 9);
			tell_socket(&b, &rec);
			assert_int_equal(sw_trace__feed(b.t, &un, sizeof(un)), 0);
			late(&b, rec.sock, 3 * MS, "server");
		}
		finish(&b);
		assert_int_equal(b.n, 4);
		for (unsigned int i = 0; i < 4; i++)
			assert_int_equal(b.found[i]->sockets, 2);
	}
}

/* --- bounds --- */

/* Beyond a number of findings the others share one of each kind. */
static void test_too_many(void **state)
{
	uint64_t others = 0;

	(void)state;
	STORY {
		for (uint64_t i = 0; i < SW_FINDINGS_MAX + 10; i++) {
			TELL(b.t, RUN, run, S + i, .sock = 1000 + i, .woken_ts = S - 2 * MS, TASK(1));
			TELL(b.t, DESTROY, destroy, S + i, .sock = 1000 + i);
		}
		WAIT(&b, S, 2 * S, 2, SEND, 9);
		finish(&b);
		assert_int_equal(b.n, SW_FINDINGS_MAX + 2);
		for (unsigned int i = 0; i < b.n; i++) {
			bool slow = b.found[i]->kind == SW_FINDING_SLOW_RUN;

			if (b.found[i]->socket)
				continue;
			others++;
			assert_string_equal(b.found[i]->name, "");
			assert_int_equal(b.found[i]->count, slow ? 10 : 1);
			assert_int_equal(b.found[i]->sockets, slow ? 10 : 1);
		}
		assert_int_equal(others, 2);
	}
}

/* Beyond a number of sockets the one is forgotten that nothing happened to for longest. */
static void test_too_many_sockets(void **state)
{
	(void)state;
	STORY {
		struct sw_socket sk = { .state = 1 };
		union sw_event ev = { .run_rec = sample_run() };
		struct sw_told told = { .ev = &ev };

		ev.run_rec.woken_ts = ev.run_rec.hdr.ts;
		for (sk.id = 1000; sk.id < 1000 + SW_WATCHED_MAX; sk.id++)
			assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
		assert_int_equal(sw_finder__unwatched(b.f), 0);
		/* 7 is one too many, and is looked at all the same; so is another one. */
		for (unsigned int turn = 1; turn <= 2; turn++) {
			DATA(&b, turn * S, 9);
			IO(&b, turn * S + 30 * MS, turn * S, 0, 1, RECV, 1);
			WAIT(&b, turn * S, turn * S + 4 * MS, 1, SEND, 4);
			assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
			sk.id = 1000;
			sk.destroyed = true;
			ev.destroy_rec = sample_destroy();
			assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
		}
		assert_int_equal(sw_finder__unwatched(b.f), 1);
		/* What comes after its end is not remembered, but looked at. */
		ev.run_rec = sample_run();
		ev.run_rec.woken_ts = ev.run_rec.wakeup_ts = 0;
		assert_int_equal(sw_finder__feed(b.f, &sk, &told), 0);
		finish(&b);
		assert_int_equal(b.n, 3);
		assert_int_equal(b.found[0]->kind, SW_FINDING_SLOW_RUN);
		assert_int_equal(b.found[1]->kind, SW_FINDING_NO_WAITER);
		assert_int_equal(b.found[1]->count, 2);
		assert_int_equal(b.found[2]->kind, SW_FINDING_WRITE_STALL);
		assert_int_equal(b.found[2]->count, 2);
	}
}

/* One record of each kind that makes something be remembered, of a socket of its own. */
static unsigned int make_records(union sw_event ev[16], uint64_t ts, uint32_t tid)
{
	unsigned int n = 0;

	ev[n].wakeup_rec = (struct sw_rec_wakeup){
		.hdr = sample_hdr(SW_REC_WAKEUP, SW_HOOK_DEF_READABLE, sizeof(ev->wakeup_rec)),
		.rx_queued = 99, .tx_queued = 100, .waiters = 2, .state = STATE_LISTEN };
	ev[n++].hdr.ts = ts;
	ev[n].woken_rec = sample_woken();
	ev[n].woken_rec.wakeup_ts = ev[n].hdr.ts = ts;
	ev[n++].woken_rec.tid = tid;
	ev[n].wait_rec = sample_wait();
	ev[n].wait_rec.hdr.ts = ts;
	ev[n].wait_rec.tid = tid;
	ev[n++].wait_rec.result = 3;
	ev[n].io_rec = sample_io();
	ev[n].io_rec.hdr.ts = ts;
	ev[n].io_rec.op = SW_OP_SEND;
	ev[n].io_rec.wakeup_ts = 0;
	ev[n].io_rec.tid = tid;
	ev[n++].io_rec.result = -EAGAIN;
	ev[n].io_rec = sample_io();
	ev[n].io_rec.hdr.ts = ts;
	ev[n].io_rec.tid = tid;
	ev[n++].io_rec.result = -EAGAIN;
	ev[n].run_rec = sample_run();
	ev[n].run_rec.hdr.ts = ts;
	ev[n].run_rec.tid = tid;
	ev[n++].run_rec.woken_ts = ts - 1;
	return n;
}

/* Whichever allocation fails, it is said, and what was found until then stays. */
static void test_out_of_memory(void **state)
{
	struct sw_thresholds limits = { .slow_run_ns = 1 };
	struct sw_socket sk = { .known = true, .family = 2, .type = 1, .protocol = 6 };
	const struct sw_finding *const *found;
	union sw_event ev[16];
	struct sw_finder *f;
	unsigned int refused = 0, n;

	(void)state;
	alloc_fail_in = 1;
	assert_null(sw_finder__new(&limits));
	sw_finder__free(NULL);
	f = sw_finder__new(&limits);
	for (unsigned int i = 0; i < 30; i++) {
		sk.id = 1 + i / 10;
		sk.lport = (uint16_t)sk.id;
		n = make_records(ev, S + i, 1 + i % 10);
		for (unsigned int k = 0; k < n; k++) {
			struct sw_told told = { .ev = &ev[k] };

			for (unsigned long at = 1; at <= 8; at++) {
				int err;

				alloc_fail_in = at;
				err = sw_finder__feed(f, &sk, &told);
				assert_true(err == -ENOMEM || !err);
				refused += err == -ENOMEM;
			}
			alloc_fail_in = 0;
		}
	}
	assert_true(refused >= 3 * 14); /* at least so many allocations each socket takes */
	for (sk.id = 1; sk.id <= 3; sk.id++) {
		struct sw_told told = { .ev = ev };

		ev[0].destroy_rec = sample_destroy();
		sk.lport = (uint16_t)sk.id;
		alloc_fail_in = sk.id; /* 3: it needs no more */
		(void)sw_finder__feed(f, &sk, &told);
		alloc_fail_in = 0;
	}
	assert_int_equal(sw_finder__end(f, 0, NULL), 0);
	n = sw_finder__findings(f, &found);
	assert_true(n >= 6);
	for (unsigned int i = 0; i < n; i++)
		assert_memory_equal(found[i]->name, "tcp 0.0.0.0:", 12);
	sw_finder__free(f);
}

/* The end may run out of memory, too. */
static void test_end_out_of_memory(void **state)
{
	(void)state;
	for (unsigned long at = 1; at <= 3; at++)
		STORY {
			DATA(&b, S, 5, .waiters = 1);
			IO(&b, S + 10, S, 0, 1, RECV, 5);
			DATA(&b, 2 * S, 9, .waiters = 1);
			assert_int_equal(sw_trace__settle(b.t, UINT64_MAX), 0);
			alloc_fail_in = at;
			assert_int_equal(sw_finder__end(b.f, 3 * S, NULL), -ENOMEM);
			alloc_fail_in = 0;
			assert_int_equal(sw_finder__findings(b.f, &b.found), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_one_role),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_other_roles),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_too_many_sockets),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_end_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
