// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Bytes of any kind as a run of records: decoded one after the other, put in
 * order, used in every way in which a renderer may use them, and followed as a
 * trace, with all that is made of one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/addr.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/json.h"
#include "base/names.h"
#include "core/analysis.h"
#include "core/decode.h"
#include "core/merge.h"
#include "must.h"

#define STREAMS 3

static const char *const hooks[] = {
#define HOOK(id, name, cause, dflt) #name,
	SW_HOOKS(HOOK)
#undef HOOK
};

static const char *const contexts[] = { "task", "softirq", "hardirq", "unknown" };
static const char *const hows[] = { "waitd", "space", "io", "urg" };
static const char *const ops[] = { "accept", "recv", "send", "connect", "poll" };
static const char *const ends[] = { "unknown", "wakeup", "timeout", "signal", "open" };
static const char *const vias[] = { "other", "blocking", "poll", "epoll", "io_uring", "async" };

/* A terminal obeys none of it, and a line stays a line. */
static void must_be_printable(const struct sw_buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		must((unsigned char)b->data[i] >= ' ' && b->data[i] != 0x7f);
}

static void use_socket(struct sw_buf *b, struct sw_json *j, const struct sw_rec_socket *rec)
{
	sw_json__str(j, "family", sw_family_name(rec->family));
	sw_json__str(j, "type", sw_type_name(rec->type));
	sw_json__str(j, "proto", sw_inet_proto_name(rec->protocol));
	sw_json__str(j, "netlink", sw_netlink_proto_name(rec->protocol));
	sw_addr__format(b, rec->family, rec->laddr, rec->lport);
	sw_addr__format(b, rec->family, rec->raddr, rec->rport);
}

static void use_unix(struct sw_buf *b, struct sw_json *j, const struct sw_rec_unix *rec)
{
	sw_json__bytes(j, "local", rec->lpath, rec->llen);
	sw_json__bytes(j, "remote", rec->rpath, rec->rlen);
	sw_escape_text(b, rec->lpath, rec->llen);
	sw_escape_text(b, rec->rpath, rec->rlen);
}

static void use_wakeup(struct sw_buf *b, struct sw_json *j, const struct sw_rec_wakeup *rec)
{
	sw_json__str(j, "comm", rec->comm);
	sw_json__str(j, "state", sw_state_name(rec->state));
	sw_json__str(j, "band", sw_band_name(rec->band));
	sw_json__str(j, "context", contexts[rec->context]);
	sw_json__str(j, "how", hows[rec->how]);
	sw_escape_text(b, rec->comm, strlen(rec->comm));
	sw_human_bytes(b, rec->rx_queued);
	sw_human_count(b, rec->tid);
}

static void use_wait(struct sw_buf *b, struct sw_json *j, const struct sw_rec_wait *rec)
{
	must(rec->begin <= rec->end && rec->end <= rec->hdr.ts);
	sw_json__str(j, "comm", rec->comm);
	sw_json__s64(j, "result", rec->result);
	sw_json__str(j, "op", ops[rec->op]);
	sw_json__str(j, "ended", ends[rec->ended]);
	if (rec->result < 0 && rec->result > -4096)
		sw_json__str(j, "errno", sw_errno_name((int)-rec->result));
	sw_human_duration(b, rec->end - rec->begin);
}

static void use_woken(struct sw_buf *b, struct sw_json *j, const struct sw_rec_woken *rec)
{
	must(rec->wakeup_ts <= rec->woken_ts);
	sw_json__str(j, "comm", rec->comm);
	sw_json__str(j, "via", vias[rec->via]);
	sw_human_duration(b, rec->woken_ts - rec->wakeup_ts);
}

static void use_run(struct sw_buf *b, struct sw_json *j, const struct sw_rec_run *rec)
{
	must(rec->wakeup_ts <= rec->woken_ts && rec->woken_ts <= rec->hdr.ts);
	sw_json__str(j, "comm", rec->comm);
	sw_human_duration(b, rec->hdr.ts - rec->woken_ts);
}

static void use_io(struct sw_buf *b, struct sw_json *j, const struct sw_rec_io *rec)
{
	must(rec->begin <= rec->hdr.ts && rec->wakeup_ts <= rec->hdr.ts &&
	     rec->run_ts <= rec->hdr.ts);
	sw_json__str(j, "comm", rec->comm);
	sw_json__str(j, "op", ops[rec->op]);
	sw_human_duration(b, rec->hdr.ts - rec->run_ts);
}

static void use(struct sw_buf *text, struct sw_buf *line, const union sw_event *ev)
{
	struct sw_json j = { .out = line };

	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "hook", hooks[ev->hdr.hook]);
	sw_json__u64(&j, "ts", ev->hdr.ts);
	switch (ev->hdr.kind) {
	case SW_REC_SOCKET:
		use_socket(text, &j, &ev->socket_rec);
		break;
	case SW_REC_UNIX:
		use_unix(text, &j, &ev->unix_rec);
		break;
	case SW_REC_WAKEUP:
		use_wakeup(text, &j, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		use_wait(text, &j, &ev->wait_rec);
		break;
	case SW_REC_WOKEN:
		use_woken(text, &j, &ev->woken_rec);
		break;
	case SW_REC_RUN:
		use_run(text, &j, &ev->run_rec);
		break;
	case SW_REC_IO:
		use_io(text, &j, &ev->io_rec);
		break;
	case SW_REC_DESTROY:
		sw_json__u64(&j, "socket", ev->destroy_rec.sock);
		break;
	default:
		must(!"a kind that the decoder let through");
	}
	sw_json__close(&j, '}');
	must(!text->failed && !line->failed);
	must_be_printable(text);
	must_be_printable(line);
	sw_buf__reset(text);
	sw_buf__reset(line);
}

/* A trace, and all that is made of its events. */
struct followed {
	struct sw_analysis *analysis;
	uint64_t told;
};

static int on_event(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct followed *t = arg;

	must(!told->woken == !told->n_woken);
	for (unsigned int i = 0; i < told->n_woken; i++)
		must(told->woken[i].sock == sk->key &&
		     told->woken[i].wakeup_ts == told->ev->hdr.ts);
	t->told += 1 + told->n_woken;
	return 0;
}

static void follow__begin(struct followed *t)
{
	static const struct sw_trace_info info = { .n_hooks = 0 };
	/* Low ones, as the fuzzer's times are close together or far apart. */
	static const struct sw_thresholds limits = { 50, 100, 200, 300, 10 };

	const struct sw_analysis_opts opts = {
		.judge = &limits,
		.moments = true,
		.timeline_bytes = 4096,
	};

	t->told = 0;
	t->analysis = sw_analysis__new(&info, &opts,
				       &(struct sw_analysis_sink){ .event = on_event, .arg = t });
	must(t->analysis);
}

static void must_be_text(const char *name, size_t size)
{
	must(memchr(name, '\0', size));
}

/* What a report would show. */
static void must_be_outcome(const struct sw_outcome *o)
{
	const struct sw_latency_socket *const *sockets;
	const struct sw_latency_task *const *tasks;
	const struct sw_slow *slowest;
	const struct sw_latencies *all = sw_latency__all(o->latency);
	unsigned int n = sw_latency__slowest(o->latency, &slowest);

	for (unsigned int i = 0; i < n; i++) {
		must_be_text(slowest[i].name, sizeof(slowest[i].name));
		must(!i || slowest[i].total_ns <= slowest[i - 1].total_ns);
	}
	for (unsigned int gap = 0; gap < SW_GAP_COUNT; gap++) {
		uint64_t before = 0;

		for (unsigned int at = 0; at <= 1000; at += 50) {
			uint64_t ns = sw_hist__at(&all->gap[gap], at);

			must(ns >= before && ns <= all->gap[gap].max);
			before = ns;
		}
	}
	n = sw_latency__sockets(o->latency, &sockets);
	for (unsigned int i = 0; i < n; i++)
		must_be_text(sockets[i]->name, sizeof(sockets[i]->name));
	n = sw_latency__tasks(o->latency, &tasks);
	for (unsigned int i = 0; i < n; i++)
		must_be_text(tasks[i]->comm, sizeof(tasks[i]->comm));
	for (unsigned int i = 0; i < o->n_findings; i++) {
		const struct sw_finding *f = o->findings[i];

		must(sw_finding_name(f->kind) && f->count);
		must_be_text(f->name, sizeof(f->name));
		must(f->n_tasks <= SW_FINDING_TASKS);
		must(!i || f->severity <= o->findings[i - 1]->severity);
	}
}

/* Each record that was not malformed has been told, and is in its socket's count. */
static void follow__end(struct followed *t)
{
	const struct sw_timeline *timeline = sw_analysis__timeline(t->analysis);
	struct sw_sockets *sockets = sw_trace__sockets(sw_analysis__trace(t->analysis));
	struct sw_outcome outcome;
	struct sw_socket *sk = NULL;
	uint64_t fed = 0, kept = 0;

	must(!sw_analysis__end(t->analysis, 0, &outcome));
	for (unsigned int kind = 0; kind < SW_REC_COUNT; kind++)
		if (kind != SW_REC_SOCKET && kind != SW_REC_UNIX)
			fed += outcome.totals->by_kind[kind];
	must(t->told == fed);
	while ((sk = sw_sockets__next(sockets, sk))) {
		union sw_event ev;
		uint64_t pos = 0, n = 0;

		while (sw_timeline__next(timeline, sk, &pos, &ev))
			n++;
		must(n == sk->kept && n <= sk->events);
		kept += n;
	}
	must(kept <= fed);
	must_be_outcome(&outcome);
	sw_analysis__free(t->analysis);
}

/* Everything that was pushed comes out, in order. */
static void drain(struct sw_merge *m, struct followed *t, size_t pushed)
{
	const void *rec;
	uint64_t last = 0;
	size_t len;

	must(sw_merge__pending(m) == pushed);
	for (; (rec = sw_merge__pop(m, UINT64_MAX, &len)); pushed--) {
		const struct sw_rec *hdr = rec;

		must(hdr->ts >= last && hdr->size == len);
		last = hdr->ts;
		must(!sw_analysis__feed(t->analysis, rec, len));
	}
	must(!pushed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sw_merge *m = sw_merge__new(STREAMS);
	struct sw_buf text = { 0 }, line = { 0 };
	struct followed in_order, as_is;
	size_t pushed = 0;

	must(m);
	follow__begin(&in_order);
	follow__begin(&as_is);
	while (size) {
		union sw_event ev;
		int err = sw_event__decode(data, size, &ev);

		must(!err || err == -EINVAL || err == -ENOTSUP);
		if (err == -EINVAL)
			break;
		/* Else a reader that skips it would not get on, or leave the file. */
		must(ev.hdr.size >= sizeof(ev.hdr) && ev.hdr.size <= size);
		if (!err)
			use(&text, &line, &ev);
		must(!sw_merge__push(m, ev.hdr.cpu % STREAMS, data, ev.hdr.size));
		must(!sw_analysis__feed(as_is.analysis, data, ev.hdr.size));
		pushed++;
		data += ev.hdr.size;
		size -= ev.hdr.size;
	}
	drain(m, &in_order, pushed);
	follow__end(&in_order);
	follow__end(&as_is);
	sw_merge__free(m);
	sw_buf__free(&text);
	sw_buf__free(&line);
	return 0;
}
