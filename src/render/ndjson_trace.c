// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The first line and the last: what is traced, and what was seen and lost of it. */
#include "ndjson.h"

#include "words.h"

static void put_optional(struct sw_json *j, const char *key, const char *v)
{
	if (v && *v)
		sw_json__str(j, key, v);
}

void ndjson__begin_trace(struct sw_buf *out, const struct sw_render_opts *o,
			 const struct sw_trace_info *info)
{
	struct sw_json j = ndjson__begin(out, "header");

	(void)o;
	sw_json__str(&j, "version", info->version);
	sw_json__str(&j, "host", info->host);
	sw_json__str(&j, "kernel", info->kernel);
	sw_json__str(&j, "arch", info->arch);
	sw_json__u64(&j, "monotonic_ns", info->monotonic_ns);
	sw_json__u64(&j, "realtime_ns", info->realtime_ns);
	sw_json__open(&j, "hooks", '[');
	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const struct sw_hook_info *h = &info->hooks[i];

		if (!h->asked)
			continue;
		sw_json__open(&j, NULL, '{');
		sw_json__str(&j, "name", h->name);
		sw_json__str(&j, "attach", h->attach);
		put_optional(&j, "target", h->target);
		sw_json__bool(&j, "exact", h->exact);
		put_optional(&j, "note", h->note);
		sw_json__close(&j, '}');
	}
	sw_json__close(&j, ']');
	ndjson__end(&j);
}

/* Every cause of loss, or only those that there were. */
static void put_lost(struct sw_json *j, const uint64_t lost[SW_LOST_COUNT], bool all)
{
	sw_json__open(j, "lost", '{');
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		if (all || lost[i])
			sw_json__u64(j, sw_loss_name(i), lost[i]);
	sw_json__close(j, '}');
}

static void put_hook_counts(struct sw_json *j, const struct sw_hook_info *h)
{
	uint64_t lost[SW_LOST_COUNT];

	for (unsigned int i = 0; i < SW_LOST_COUNT; i++)
		lost[i] = h->count.lost[i];
	sw_json__open(j, NULL, '{');
	sw_json__str(j, "name", h->name);
	sw_json__str(j, "attach", h->attach);
	sw_json__u64(j, "hits", h->count.hits);
	sw_json__u64(j, "delivered", h->count.delivered);
	sw_json__u64(j, "filtered", h->count.filtered);
	put_lost(j, lost, false);
	sw_json__close(j, '}');
}

static void put_left_out(struct sw_json *j, const struct sw_outcome *outcome)
{
	static const char *const names[] = {
#define OUT(id, name) #name,
		SW_LEFT_OUT(OUT)
#undef OUT
	};
	bool any = false;

	for (unsigned int i = 0; i < SW_LEFT_OUT_COUNT; i++)
		any = any || outcome->left_out[i];
	if (!any)
		return;
	sw_json__open(j, "left_out", '{');
	for (unsigned int i = 0; i < SW_LEFT_OUT_COUNT; i++)
		if (outcome->left_out[i])
			sw_json__u64(j, names[i], outcome->left_out[i]);
	sw_json__close(j, '}');
}

void ndjson__summary(struct sw_buf *out, const struct sw_render_opts *o,
		     const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	const struct sw_trace_totals *totals = outcome->totals;
	struct sw_json j;

	ndjson_outcome(out, outcome);
	j = ndjson__begin(out, "summary");
	sw_json__u64(&j, "duration_ns", sw_trace_duration(o->start_ns, info, totals));
	sw_json__u64(&j, "sockets", totals->sockets);
	if (totals->forgotten)
		sw_json__u64(&j, "forgotten", totals->forgotten);
	if (totals->late)
		sw_json__u64(&j, "late", totals->late);
	put_left_out(&j, outcome);
	sw_json__open(&j, "events", '{');
	for (unsigned int kind = 1; kind < SW_REC_COUNT; kind++)
		if (sw_rec_is_event(kind))
			sw_json__u64(&j, sw_rec_name(kind), totals->by_kind[kind]);
	sw_json__close(&j, '}');
	put_lost(&j, totals->lost, true);
	sw_json__u64(&j, "filtered", totals->filtered);
	sw_json__u64(&j, "hits", totals->hits);
	sw_json__u64(&j, "delivered", totals->delivered);
	sw_json__open(&j, "hooks", '[');
	for (unsigned int i = 0; i < info->n_hooks; i++)
		if (info->hooks[i].asked)
			put_hook_counts(&j, &info->hooks[i]);
	sw_json__close(&j, ']');
	sw_json__u64(&j, "malformed", totals->malformed);
	sw_json__bool(&j, "complete", totals->complete);
	ndjson__end(&j);
}
